"""Choosing the stories of an edition."""

from datetime import date, datetime, timedelta
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import AuditEntry, User
from articles.models import Article
from newsletters.models import Edition, EditionStory, Newsletter

WEEK = timedelta(days=7)


@transaction.atomic
def compile_edition(
    *, newsletter: Newsletter, date: date, by: User | None, at: datetime, due_at: datetime | None = None
) -> Edition:
    """The letter's edition of that day, filled with the week's stories.

    An edition that an editor arranged, or that was let go already, is returned as it is. `due_at` is when it
    should go out, for rule E5.
    """
    edition, _ = Edition.objects.select_for_update().get_or_create(
        newsletter=newsletter, edition_date=date, defaults={"due_at": due_at}
    )
    if edition.due_at is None and due_at:
        edition.due_at = due_at
        edition.save(update_fields=("due_at",))
    is_arranged = edition.arranged_at is not None and edition.places.exists()
    if is_arranged or not edition.can_be_arranged:
        return edition
    stories = choose_stories(edition, at=at)
    edition.places.all().delete()
    EditionStory.objects.bulk_create(
        EditionStory(edition=edition, article=story, position=position)
        for position, story in enumerate(stories, 1)
    )
    AuditEntry.record("compile edition", edition, by=by, at=at)
    return edition


@transaction.atomic
def arrange_edition(*, edition: Edition, by: User, at: datetime) -> None:
    """Note that an editor set the edition's words or stories, so that compiling leaves them alone.

    The stories are numbered from one again; those without a number go to the end.
    """
    places = sorted(edition.places.all(), key=lambda place: (place.position == 0, place.position, place.pk))
    for position, place in enumerate(places, 1):
        place.position = position
    EditionStory.objects.bulk_update(places, ("position",))
    edition.arranged_at, edition.arranged_by = at, by
    edition.save(update_fields=("arranged_at", "arranged_by"))
    AuditEntry.record("arrange edition", edition, by=by, at=at)


def choose_stories(edition: Edition, *, at: datetime) -> list[Article]:
    """The most prominent story of the week, then the others by section, the most prominent first.

    The week is the seven days before the edition's day, in the newsroom's time, and the day itself. Nothing
    that may not be seen yet (rule W5), nothing that an edition of the last two weeks had.
    """
    newsletter, day = edition.newsletter, edition.edition_date
    midnight = datetime.combine(day - WEEK, datetime.min.time(), ZoneInfo(settings.TIME_ZONE))
    used = EditionStory.objects.filter(
        edition__newsletter=newsletter, edition__edition_date__gte=day - 2 * WEEK
    )
    stories = list(
        Article.objects.visible(at=at)
        .filter(Q(published_at__gte=midnight) | Q(embargo_until__gte=midnight))
        .exclude(pk__in=used.exclude(edition=edition).values("article"))
        .select_related("section")
        .defer("body")
        .order_by("section__position", "section__name", "-prominence", "-published_at", "-pk")
    )
    if not stories:
        return []
    lead = max(stories, key=lambda story: (story.prominence, story.published_at, story.pk))
    stories.remove(lead)
    sections = groupby(stories, key=lambda story: story.section_id)
    return [
        lead,
        *(story for _, group in sections for story in islice(group, newsletter.stories_per_section)),
    ]
