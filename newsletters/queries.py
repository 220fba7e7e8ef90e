"""Who gets a letter, in which form, and how far its sending is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from articles.models import Article
from newsletters.models import Delivery, Edition, EditionStory, Newsletter, Preference, Variant
from subscriptions.models import Grant

CHUNK = 2000
"""Recipients fetched, and written, at a time."""

SENDERS = 4
"""Workers that send one edition at the same time, at most: as many lines to the mail server."""


@dataclass(frozen=True)
class Recipient:
    """A reader who is to get a letter, where, and in which form."""

    user_id: int
    address: str
    name: str
    variant: str


def audience(
    newsletter: Newsletter, *, at: datetime, among: Collection[int] | None = None
) -> Iterator[Recipient]:
    """Everyone who is to get `newsletter` at `at`, in one query; `among` narrows it to these users.

    Those who asked for it, and those it comes to with their subscription unless they declined. Only active
    accounts with a verified address. Staff read everything, as `subscriptions.queries.grants_of` has it.
    """
    asked = Preference.objects.filter(newsletter=newsletter, user=OuterRef("pk"))
    wanted = Q(Exists(asked.filter(is_wanted=True)))
    if newsletter.for_subscribers:
        wanted |= Q(~Exists(asked), has_grant=True)
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    readers = User.objects.annotate(
        has_grant=Exists(Grant.objects.filter(user=OuterRef("pk")).current(at=at))
    )
    readers = readers.filter(wanted, Exists(verified), is_active=True)
    if among is not None:
        readers = readers.filter(pk__in=among)
    rows = readers.order_by("pk").values_list("pk", "email", "name", "has_grant", "is_staff")
    for pk, email, name, has_grant, is_staff in rows.iterator(chunk_size=CHUNK):
        yield Recipient(pk, email, name, Variant.SUBSCRIBER if has_grant or is_staff else Variant.FREE)


def audience_size(newsletter: Newsletter, *, at: datetime) -> dict[str, int]:
    """How many readers would get each variant now."""
    sizes = dict.fromkeys(Variant.values, 0)
    for recipient in audience(newsletter, at=at):
        sizes[recipient.variant] += 1
    return sizes


def wants(newsletter: Newsletter, user: User, *, at: datetime) -> bool:
    """Whether `user` gets `newsletter`: their own word, otherwise the letter's rule."""
    said = (
        Preference.objects.filter(newsletter=newsletter, user=user)
        .values_list("is_wanted", flat=True)
        .first()
    )
    if said is not None:
        return said
    return newsletter.for_subscribers and Grant.objects.filter(user=user).current(at=at).exists()


def visible_places(edition: Edition, *, at: datetime) -> QuerySet[EditionStory]:
    """The places of the edition whose stories may be seen at `at`, in order, ready to be set."""
    return (
        edition.places.filter(article__in=Article.objects.visible(at=at))
        .select_related("article__section", "article__lead_picture")
        .prefetch_related("article__bylines__author")
        .order_by("position", "pk")
    )


def hidden_headlines(edition: Edition, *, at: datetime) -> list[str]:
    """Headlines of the edition's stories that may not be seen at `at`: withdrawn, embargoed, to come."""
    hidden = edition.places.exclude(article__in=Article.objects.visible(at=at))
    return list(hidden.order_by("position").values_list("article__headline", flat=True))


def state_counts(edition: Edition) -> dict[str, int]:
    """How many messages of the edition stand in each state; every state is named."""
    counts = edition.deliveries.order_by().values_list("state").annotate(count=Count("pk"))
    return {**dict.fromkeys(Delivery.State.values, 0), **dict(counts)}


def has_room_for_a_sender(edition: Edition) -> bool:
    """Whether another worker may join in sending the edition."""
    in_hand = edition.deliveries.filter(state__in=(Delivery.State.CLAIMED, Delivery.State.SENDING))
    return in_hand.order_by().values("claimed_by").distinct().count() < SENDERS


def newsroom_date(at: datetime) -> date:
    """The day it is in the newsroom at the moment `at`."""
    return timezone.localdate(at, timezone.get_default_timezone())


def released_editions(newsletter: Newsletter | None = None) -> QuerySet[Edition]:
    """Editions readers may look up, newest first."""
    editions = Edition.objects.released().select_related("newsletter").order_by("-edition_date")
    return editions.filter(newsletter=newsletter) if newsletter else editions


def default_newsletter() -> Newsletter | None:
    """The letter offered at sign-up: the first active one."""
    return Newsletter.objects.active().order_by("pk").first()


def is_stale(edition: Edition, *, at: datetime) -> bool:
    """Whether the edition has waited so long that a person has to decide (rule E5)."""
    since = edition.waiting_since()
    return since is not None and (at - since).total_seconds() > settings.DIGEST_STALE_HOURS * 3600
