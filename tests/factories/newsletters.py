"""Readers, stories and editions for the mailing desk's tests."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import User
from articles.models import Article, Prominence, Section, State
from newsletters.models import Edition, EditionStory, Newsletter, Preference
from subscriptions.models import Grant, Source

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""Friday, 20 November 2026, seven in the morning in New York."""

DAY = FRIDAY.date()

FREE_TEXT = "The sluice keepers met at dawn and counted the boats."
PAID_TEXT = "Behind the locked door the ledger named every lender."
BODY = (
    f"<p>{FREE_TEXT} {'Rain fell on the weir. ' * 4}</p><hr class='paywall'>"
    f"<p>{PAID_TEXT} {'Nobody spoke. ' * 8}</p>"
)

_numbers = count(1)


def make_reader(
    *, wants: bool | None = None, subscribes: bool = False, verified: bool = True, **fields: Any
) -> User:
    """A reader; `wants` is what they said about the weekly letter, if anything."""
    number = next(_numbers)
    fields = {"email": f"reader{number}@readers.example", "name": f"Reader {number}", **fields}
    user = User.objects.create_user(password=None, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    if subscribes:
        Grant.objects.create(
            user=user, source=Source.COMP, starts_at=FRIDAY - timedelta(days=90), reason="Complimentary."
        )
    if wants is not None:
        preference = {"newsletter": weekly(), "is_wanted": wants, "source": "test", "changed_at": FRIDAY}
        Preference.objects.create(user=user, **preference)
    return user


def weekly() -> Newsletter:
    """The letter that a migration makes."""
    return Newsletter.objects.get_or_create(slug="weekly", defaults={"name": "The Weekly Digest"})[0]


def make_section(name: str, position: int = 0) -> Section:
    return Section.objects.get_or_create(name=name, defaults={"slug": name.lower(), "position": position})[0]


def make_story(
    headline: str = "",
    *,
    section: Section | None = None,
    days_ago: float = 2,
    body: str = BODY,
    **fields: Any,
) -> Article:
    """A published story for subscribers, with text on both sides of the wall."""
    number = next(_numbers)
    published_at = FRIDAY - timedelta(days=days_ago)
    fields = {
        "headline": headline or f"Story number {number}",
        "slug": f"story-{number}",
        "standfirst": f"What story {number} is about.",
        "section": section or make_section("World"),
        "body": body,
        "state": State.PUBLISHED,
        "published_at": published_at,
        "first_published_at": published_at,
        "version": 1,
        "public_version": 1,
        "created_at": published_at,
        "changed_at": published_at,
        "word_count": 460,
        "prominence": Prominence.NORMAL,
        **fields,
    }
    return Article.objects.create(**fields)


def make_edition(*stories: Article, day: date = DAY, **fields: Any) -> Edition:
    """A draft of the weekly with these stories, or with one."""
    edition = Edition.objects.create(newsletter=weekly(), edition_date=day, **{"due_at": FRIDAY, **fields})
    for position, story in enumerate(stories or (make_story(),), 1):
        EditionStory.objects.create(edition=edition, article=story, position=position)
    return edition
