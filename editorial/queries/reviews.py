"""How far the reviews of a story have come: counted from the rows for its latest text alone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from accounts.models import User
from articles.models import Article
from editorial.models import Review, ReviewPath, ReviewStep, Revision, Verdict
from editorial.queries.people import PLANNED, SINCE_PUBLICATION, has_written


@dataclass(frozen=True)
class StepStanding:
    """One review of the path, with the approvals it has for the latest text."""

    step: ReviewStep
    approvals: tuple[Review, ...]

    @property
    def is_done(self) -> bool:
        return len({person_behind(review) for review in self.approvals}) >= self.step.approvals


@dataclass(frozen=True)
class ReviewStanding:
    """The path of a story's section and what is done of it; with no steps nothing is ever approved."""

    steps: tuple[StepStanding, ...] = ()
    needs_two_people: bool = False

    @property
    def people(self) -> int:
        """How many people of the house answer for the approvals."""
        return len({person_behind(review) for step in self.steps for review in step.approvals})

    @property
    def due(self) -> ReviewStep | None:
        """The review whose turn it is; none when all is approved."""
        for standing in self.steps:
            if not standing.is_done:
                return standing.step
        if self.steps and self.needs_two_people and self.people < 2:
            return self.steps[-1].step
        return None

    @property
    def is_complete(self) -> bool:
        return bool(self.steps) and self.due is None


def person_behind(review: Review) -> int | None:
    """Who of the house answers for a review: for a guest's, whoever asked the guest."""
    return review.link.created_by_id if review.link else review.by_id


def path_for(section_id: int) -> ReviewPath | None:
    """The section's own path, otherwise the house's."""
    paths = paths_by_section()
    return paths.get(section_id) or paths.get(None)


def paths_by_section() -> dict[int | None, ReviewPath]:
    """All paths with their steps; the house's under None."""
    paths = ReviewPath.objects.prefetch_related("steps__group")
    return {path.section_id: path for path in paths}


def review_standing(article: Article) -> ReviewStanding:
    """What the path of the latest text's section asks for, and what of it that very text has."""
    return review_standings([article])[article.pk]


def review_standings(articles: Sequence[Article]) -> dict[int, ReviewStanding]:
    """`review_standing` of each, by key, in as many queries for one as for a thousand."""
    paths, sections = paths_by_section(), latest_sections(articles)
    path_of = {key: paths.get(section) or paths.get(None) for key, section in sections.items()}
    strict = [article for article in articles if (path := path_of[article.pk]) and path.needs_two_people]
    writers, approvals = _writers(strict), _approvals(articles)
    return {
        key: _standing(path, approvals[key], writers[key]) if path else ReviewStanding()
        for key, path in path_of.items()
    }


def latest_sections(articles: Sequence[Article]) -> dict[int, int]:
    """The section of each story's latest text, which a working draft may have moved to another."""
    drafted = [article.pk for article in articles if article.has_working_draft]
    heads = Revision.objects.filter(article__in=drafted, number=F("article__version"))
    moved = dict(heads.values_list("article_id", "content__section"))
    return {article.pk: moved.get(article.pk, article.section_id) for article in articles}


def _approvals(articles: Sequence[Article]) -> defaultdict[int, list[Review]]:
    """The approvals of each story's latest text."""
    given = Review.objects.filter(
        article__in=[article.pk for article in articles],
        version=F("article__version"),
        verdict=Verdict.APPROVED,
    )
    found: defaultdict[int, list[Review]] = defaultdict(list)
    for review in given.select_related("link", "by"):
        found[review.article_id].append(review)
    return found


def _writers(articles: Sequence[Article]) -> defaultdict[int, set[int]]:
    """Who saved any of each text since it was last published."""
    latest = Revision.objects.filter(
        SINCE_PUBLICATION, article__in=[article.pk for article in articles], by__isnull=False
    ).exclude(PLANNED)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for article, writer in latest.values_list("article_id", "by_id"):
        found[article].add(writer)
    return found


def _standing(path: ReviewPath, approvals: list[Review], writers: set[int]) -> ReviewStanding:
    """What is done of a path; where two people are needed, none counts who wrote any of the text."""
    counted = [review for review in approvals if person_behind(review) not in writers]
    steps = tuple(
        StepStanding(step, tuple(review for review in counted if review.step_id == step.pk))
        for step in path.steps.all()
    )
    return ReviewStanding(steps, path.needs_two_people)


def reviewers_for(article: Article) -> list[User]:
    """The people whose review is due, for telling them; not those whose own text it is."""
    due = review_standing(article).due
    if due is None:
        return []
    people = User.objects.filter(groups=due.group_id, is_active=True, is_staff=True)
    return [user for user in people if not has_written(article, user)]


def belongs_to(step: ReviewStep | None, user: User) -> bool:
    """Whether a review is this person's to make."""
    return step is not None and (user.is_superuser or user.groups.filter(pk=step.group_id).exists())
