"""Thousands of stories at once, as rows: for lists that must not mind how many there are."""

from datetime import datetime, timedelta
from itertools import cycle

from django.utils import timezone

from accounts.models import User
from articles.models import Article, Section, State
from editorial.content import Content
from editorial.models import Assignment, Priority, Revision

ON_ITS_WAY = (
    State.IN_REVIEW,
    State.DRAFT,
    State.CHANGES_REQUESTED,
    State.APPROVED,
    State.SCHEDULED,
    State.PUBLISHED,
)


def stack(
    number: int,
    section: Section,
    *,
    states: tuple[State, ...] = ON_ITS_WAY,
    by: User | None = None,
    assignee: User | None = None,
    at: datetime | None = None,
    first: int = 0,
    batch: int = 2000,
) -> None:
    """So many stories, in these states by turns, each with a revision and a plan that is due an hour on.

    They are numbered from `first` on.
    """
    at = at or timezone.now()
    turns = cycle(states)
    for start in range(first, first + number, batch):
        numbers = range(start, min(start + batch, first + number))
        rows = [_story(each, next(turns), section, by, at) for each in numbers]
        stories = Article.objects.bulk_create(rows)
        Revision.objects.bulk_create(_revision(story, at) for story in stories)
        Assignment.objects.bulk_create(
            Assignment(
                article=story,
                assignee=assignee,
                due_at=at + timedelta(minutes=60 + place % 600),
                priority=Priority.values[place % len(Priority.values)],
            )
            for place, story in enumerate(stories)
        )


def _story(number: int, state: State, section: Section, by: User | None, at: datetime) -> Article:
    moment = at - timedelta(minutes=number % 9000)
    is_out = state == State.PUBLISHED
    goes_out = at + timedelta(minutes=30) if state == State.SCHEDULED else None
    return Article(
        headline=f"Ferry {number} returns to the eastern landing",
        slug=f"ferry-{number}-{state.value.replace('_', '-')}",
        slugline=f"ferry {number}",
        body="<p>It returned.</p>",
        section=section,
        state=state,
        version=1,
        public_version=1 if is_out else None,
        published_at=moment if is_out else goes_out,
        first_published_at=moment if is_out else goes_out,
        scheduled_for=goes_out,
        created_at=moment,
        changed_at=moment,
        created_by=by,
        word_count=2,
    )


def _revision(story: Article, at: datetime) -> Revision:
    content = Content(headline=story.headline, slug=story.slug, body=story.body, section=story.section_id)
    return Revision(
        article=story,
        number=1,
        content=content.as_json(),
        word_count=2,
        by_label="system",
        at=at,
        state="draft",
    )
