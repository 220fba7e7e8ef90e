"""Looking for leaks: all surfaces as every kind of reader, the books of it, and the alarm."""

import logging
from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from random import SystemRandom

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.roles import PUBLISHER
from articles.actions.probe_guests import guests_for_probe
from articles.models import Article, Leak, LeakProbe
from articles.probing.fetching import over_http, within_process
from articles.probing.looking import Look, Looking, Sighting
from articles.surfaces import RouteForgotten
from kit.letters import render_letter

logger = logging.getLogger(__name__)

NIGHT, PUBLICATION = "The night", "Publication"
STORIES = 60
"""How many gated stories one run takes: two in three the newest, the others drawn by chance."""
KEPT = timedelta(days=90)
LONGEST = timedelta(minutes=30)
"""A run that began longer ago and has no end was killed."""
OVERLAP = timedelta(seconds=10)
"""A publication is stored a little later than the moment it bears."""

Clock = Callable[[], datetime]


def stories_to_probe(*, limit: int = STORIES, at: datetime) -> list[int]:
    """Gated stories the public can see, by primary key; all of them with a `limit` of 0."""
    listed = Article.objects.visible(at=at).defer("body").select_related("section")
    listed = listed.prefetch_related("topics").order_by("-published_at", "-pk")
    gated = [story.pk for story in listed if story.ruling(at=at).is_gated]
    if not limit or len(gated) <= limit:
        return gated
    newest = max(1, limit * 2 // 3)
    return gated[:newest] + SystemRandom().sample(gated[newest:], limit - newest)


def published_since_probe(*, at: datetime) -> list[int]:
    """Gated stories that became public, or whose text changed, since the last look for that reason.

    An hour back at most, and none while such a look is running. Told by the clock, as readers see them: a
    scheduled story and one whose embargo lifts need no worker (rule W6), and one missed is found later.
    """
    probes = LeakProbe.objects.filter(cause=PUBLICATION)
    if probes.filter(finished_at=None, begun_at__gt=at - LONGEST).exists():
        return []
    last = probes.exclude(finished_at=None).values_list("begun_at", flat=True).first()
    since = max(last - OVERLAP, at - timedelta(hours=1)) if last else at - timedelta(hours=1)
    became = Q(published_at__gt=since) | Q(updated_at__gt=since) | Q(embargo_until__gt=since)
    stories = Article.objects.visible(at=at).filter(became).select_related("section")
    return [story.pk for story in stories if story.ruling(at=at).is_gated]


def run_probe(*, cause: str, stories: Sequence[int], address: str = "", clock: Clock) -> LeakProbe:
    """Look for leaks from the first surface to the last, raise the alarm if need be, and drop old runs."""
    probe = begin_probe(cause=cause, at=clock())
    for _ in look_for_leaks(probe=probe, stories=stories, address=address, clock=clock):
        pass
    alarm_about_leaks(probe=probe, at=clock())
    forget_probes(at=clock())
    return probe


@transaction.atomic
def begin_probe(*, cause: str, at: datetime) -> LeakProbe:
    return LeakProbe.objects.create(cause=cause, begun_at=at)


def look_for_leaks(
    *, probe: LeakProbe, stories: Sequence[int], address: str = "", clock: Clock
) -> Generator[Look, None, None]:
    """Look for the paid text of these stories on every surface; what was seen so far after each page.

    Fetches within this process, or from the site at `address`. However it ends, by an interruption too,
    the row is finished and says so.
    """
    at, written, trouble = clock(), 0, ["It was stopped before its end."]
    look = Look(0, 0)
    fetch = over_http(address) if address else within_process()
    found = Article.objects.visible(at=at).filter(pk__in=stories).select_related("section")
    try:
        with guests_for_probe(at=at) as guests:
            looking = Looking(list(found), guests=guests.kept_out, control=guests.control, fetch=fetch, at=at)
            for look in looking.steps():
                _write(probe, look.sightings[written:])
                written = len(look.sightings)
                yield look
        trouble = []
    except RouteForgotten as forgotten:
        trouble = [str(forgotten)]
    except Exception as error:
        trouble = [f"{type(error).__name__}: {error}"]
        raise
    finally:
        finish_probe(probe=probe, look=look, trouble=trouble, at=clock())


@transaction.atomic
def finish_probe(*, probe: LeakProbe, look: Look, trouble: Sequence[str], at: datetime) -> None:
    probe.finished_at, probe.pages, probe.passages = at, look.pages, look.passages
    probe.trouble = "\n".join((*trouble, *look.trouble))
    probe.save()


def alarm_about_leaks(*, probe: LeakProbe, at: datetime) -> bool:
    """Write to publishers and administrators, once, if the run found leaks or could not look everywhere.

    Returns whether it did. The run is claimed before the letters go out.
    """
    leaks = list(probe.leaks.select_related("article"))
    if not leaks and not probe.trouble:
        return False
    if not LeakProbe.objects.filter(pk=probe.pk, alarmed_at=None).update(alarmed_at=at):
        return False
    logger.error("The leak probe found %d leaks. %s", len(leaks), probe.trouble)
    page = settings.SITE_URL + reverse("admin:articles_leakprobe_change", args=(probe.pk,))
    facts = {"probe": probe, "leaks": leaks, "trouble": probe.trouble.splitlines(), "probe_url": page}
    letter = render_letter("articles/leak_alarm", facts)
    for address in sorted(_recipients()):
        letter.message(to=address).send()
    return True


def forget_probes(*, at: datetime) -> int:
    """Drop old runs that found nothing; those with leaks stay."""
    gone, _ = LeakProbe.objects.filter(begun_at__lt=at - KEPT, leaks=None).delete()
    return gone


def _write(probe: LeakProbe, seen: Sequence[Sighting]) -> None:
    longest = Leak._meta.get_field("address").max_length  # noqa: SLF001 (Django's documented API)
    Leak.objects.bulk_create(
        Leak(
            probe=probe,
            article_id=sighting.passage.story,
            address=sighting.address[:longest],
            reader=sighting.reader,
            passage=sighting.passage.text,
        )
        for sighting in seen
    )


def _recipients() -> set[str]:
    publishers = User.objects.filter(is_active=True, is_staff=True, groups__name=PUBLISHER)
    return {admin[1] for admin in settings.ADMINS} | set(publishers.values_list("email", flat=True))
