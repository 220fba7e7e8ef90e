"""Who gets a letter, in which form, and how far its sending is."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.utils import timezone

from accounts.models import User
from articles.models import Article
from newsletters.models import (
    Audience,
    Cadence,
    Delivery,
    Edition,
    EditionStory,
    Newsletter,
    Preference,
    Suppression,
    Variant,
    Wishes,
)
from subscriptions.models import Grant

CHUNK = 2000
"""Recipients fetched, and written, at a time."""

GAPS = {Cadence.WEEKLY: timedelta(days=6), Cadence.MONTHLY: timedelta(days=27)}
"""How long a reader is left alone: a little less than the name says, so that a letter may come on its day."""

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

    Those who asked for it, and those it goes to unasked unless they declined. Only active accounts with a
    verified address that is not suppressed, not paused, and not served already as often as its reader wants.
    Staff read everything, as `subscriptions.queries.grants_of` has it.
    """
    readers = User.objects.annotate(
        has_grant=Exists(Grant.objects.filter(user=OuterRef("pk")).current(at=at))
    )
    readers = readers.filter(_is_for(newsletter, at=at), _can_be_mailed(at=at)).exclude(
        _has_enough(newsletter, at=at)
    )
    if among is not None:
        readers = readers.filter(pk__in=among)
    rows = readers.order_by("pk").values_list("pk", "email", "name", "has_grant", "is_staff")
    for pk, email, name, has_grant, is_staff in rows.iterator(chunk_size=CHUNK):
        yield Recipient(pk, email, name, Variant.SUBSCRIBER if has_grant or is_staff else Variant.FREE)


def _is_for(newsletter: Newsletter, *, at: datetime) -> Q:
    """Whose letter it is: by what they said or what they are; one that is not on offer, by the latter"""
    said = Preference.objects.filter(newsletter=newsletter, user=OuterRef("pk"))
    has_it_unasked = _gets_unasked(newsletter, at=at)
    asked = Q(Exists(said.filter(is_wanted=True)))
    return (asked if newsletter.is_offered else asked & has_it_unasked) | (has_it_unasked & ~Q(Exists(said)))


def _gets_unasked(newsletter: Newsletter, *, at: datetime) -> Q:
    if newsletter.goes_to == Audience.REGISTERED:
        return Q(is_mail_only=False)
    if newsletter.goes_to == Audience.ASKED:
        return Q(pk__in=())
    plans = [plan.pk for plan in newsletter.plans.all()]
    if not plans:
        return Q(has_grant=True)
    paid = Grant.objects.filter(user=OuterRef("pk")).current(at=at)
    return Q(Exists(paid.filter(_of_plans(plans))))


def _of_plans(plans: Collection[int]) -> Q:
    """Grants that come from one of these plans: paid for, given, or a seat in a group that pays."""
    return (
        Q(subscription__plan__in=plans)
        | Q(gift__plan__in=plans)
        | Q(seat__group__subscription__plan__in=plans)
    )


def _can_be_mailed(*, at: datetime) -> Q:
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    paused = Wishes.objects.filter(user=OuterRef("pk"), paused_until__gt=at)
    suppressed = Suppression.objects.of(OuterRef("email"))
    return Q(Exists(verified), ~Exists(paused), ~Exists(suppressed), is_active=True)


def _has_enough(newsletter: Newsletter, *, at: datetime) -> Q:
    """Whoever had an edition so lately that another is more than they want."""
    got = Delivery.objects.filter(
        edition__newsletter=newsletter, user=OuterRef("pk"), state=Delivery.State.ACCEPTED
    )
    said = Preference.objects.filter(newsletter=newsletter, user=OuterRef("pk"))
    enough = Q(pk__in=())
    for cadence, gap in GAPS.items():
        enough |= Q(Exists(said.filter(cadence=cadence)), Exists(got.filter(settled_at__gt=at - gap)))
    return enough


def audience_size(newsletter: Newsletter, *, at: datetime) -> dict[str, int]:
    """How many readers would get each variant now."""
    sizes = dict.fromkeys(Variant.values, 0)
    for recipient in audience(newsletter, at=at):
        sizes[recipient.variant] += 1
    return sizes


def audience_sizes(newsletters: Iterable[Newsletter], *, at: datetime) -> dict[int, int]:
    """How many readers would get each letter now, by its id; as many queries for ten letters as for one."""
    letters = list(newsletters)
    prefetch_related_objects(letters, "plans")
    readers = User.objects.annotate(
        has_grant=Exists(Grant.objects.filter(user=OuterRef("pk")).current(at=at))
    ).filter(_can_be_mailed(at=at))
    getting = {
        f"letter_{letter.pk}": ExpressionWrapper(
            _is_for(letter, at=at) & ~_has_enough(letter, at=at), BooleanField()
        )
        for letter in letters
    }
    counts = {f"of_{name}": Count("pk", filter=Q(**{name: True})) for name in getting}
    sizes = readers.annotate(**getting).aggregate(**counts) if letters else {}
    return {letter.pk: sizes[f"of_letter_{letter.pk}"] for letter in letters}


def wants(newsletter: Newsletter, user: User, *, at: datetime) -> bool:
    """Whether `newsletter` is one of the reader's letters: by their own word, otherwise by its rule.

    It may be theirs and still not come: while they pause, or where their address is suppressed.
    """
    readers = User.objects.annotate(
        has_grant=Exists(Grant.objects.filter(user=OuterRef("pk")).current(at=at))
    )
    return readers.filter(_is_for(newsletter, at=at), pk=user.pk).exists()


def letters_for(user: User, *, at: datetime) -> list[tuple[Newsletter, bool]]:
    """The letters this reader may have, in order, and whether each is theirs, as `wants` has it.

    Those on offer, and those that go to them unasked. As many queries for ten letters as for one.
    """
    letters = list(Newsletter.objects.active().prefetch_related("plans"))
    facts: dict[str, ExpressionWrapper[Q]] = {}
    for letter in letters:
        unasked = _gets_unasked(letter, at=at)
        facts[f"wants_{letter.pk}"] = ExpressionWrapper(_is_for(letter, at=at), BooleanField())
        facts[f"unasked_{letter.pk}"] = ExpressionWrapper(unasked, BooleanField())
    readers = User.objects.annotate(
        has_grant=Exists(Grant.objects.filter(user=OuterRef("pk")).current(at=at))
    )
    known = readers.annotate(**facts).values(*facts).get(pk=user.pk) if letters else {}
    return [
        (letter, known[f"wants_{letter.pk}"])
        for letter in letters
        if letter.is_offered or known[f"unasked_{letter.pk}"]
    ]


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
