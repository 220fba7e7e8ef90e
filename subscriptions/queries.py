"""What someone has, read from the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from accounts.models import User
from accounts.queries import proven_addresses
from subscriptions.models import (
    Checkout,
    Customer,
    Grant,
    Group,
    Institution,
    InstitutionNetwork,
    Payment,
    Seat,
    Source,
    Status,
    Subscription,
)
from subscriptions.models.institution import digits_of


@dataclass(frozen=True)
class GrantFact:
    """A right to read, as the paywall weighs it: from `starts_at` until `ends_at` (open when None)."""

    source: str
    reason: str
    starts_at: datetime
    ends_at: datetime | None

    def is_current(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True)
class Rights:
    """What someone may read by: the rights in force, the longest first, and the one that ended last."""

    current: tuple[GrantFact, ...] = ()
    lapsed: GrantFact | None = None


def rights_of(user: User | AnonymousUser, *, address: str = "", at: datetime) -> Rights:
    """The rights of an account and of the network address it asks from, in one query.

    What an institution provides comes last. Staff read everything while they are staff.
    """
    if isinstance(user, User) and user.is_staff and user.is_active:
        return Rights((GrantFact(Source.STAFF, "You work here.", user.joined_at, None),))
    networks = _by_network(address)
    own = None if isinstance(user, AnonymousUser) else Grant.objects.filter(user=user).order_by()
    columns = ("source", "reason", "starts_at", "ends_at")
    if own is None:
        rows = [] if networks is None else list(networks.values_list(*NETWORK_COLUMNS))
    elif networks is None:
        rows = list(own.values_list(*columns))
    else:
        rows = list(own.values_list(*columns).union(networks.values_list(*NETWORK_COLUMNS), all=True))
    facts = [GrantFact(*row) for row in rows]
    ended = [fact for fact in facts if fact.ends_at and fact.ends_at <= at and fact.ends_at > fact.starts_at]
    current = sorted((fact for fact in facts if fact.is_current(at)), key=_longest_first)
    lapsed = max(ended, key=lambda fact: fact.ends_at or at, default=None)
    return Rights(tuple(current), lapsed)


def _longest_first(fact: GrantFact) -> tuple[bool, bool, float]:
    return (
        fact.source == Source.INSTITUTION,
        fact.ends_at is not None,
        -fact.ends_at.timestamp() if fact.ends_at else 0.0,
    )


def grants_of(user: User | AnonymousUser, *, at: datetime) -> tuple[GrantFact, ...]:
    """The account's own rights in force at `at`, the longest first."""
    return rights_of(user, at=at).current


def latest_subscription(user: User) -> Subscription | None:
    """What to tell a reader about: the subscription they have, else a payment to finish, else the last."""
    ranks = (Status.INCOMPLETE, Status.CANCELED, Status.INCOMPLETE_EXPIRED)
    rank = Case(*(When(status=status, then=number) for number, status in enumerate(ranks, 1)), default=0)
    mine = Subscription.objects.filter(customer__user=user).select_related("plan")
    return mine.order_by(rank, "-started_at").first()


def customer_of(user: User) -> Customer | None:
    """The reader as Stripe knows them now; None before they first went to pay."""
    return Customer.objects.filter(user=user, deleted_at__isnull=True).first()


def has_subscribed(user: User) -> bool:
    """Whether the reader ever had a subscription that began; a first payment that failed is none."""
    never = (Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED)
    return Subscription.objects.filter(customer__user=user).exclude(status__in=never).exists()


def refused_payment(checkout: Checkout) -> Payment | None:
    """The payment that failed since this checkout was begun, unless a later one is pending or succeeded."""
    since = Payment.objects.filter(customer__user=checkout.user, created_at__gte=checkout.created_at)
    newest = since.order_by("created_at", "id").last()
    return newest if newest and newest.status == "failed" else None


def living_subscription(user: User) -> Subscription | None:
    """The subscription a reader has now, paid or owed for; a second one would charge them twice."""
    gone = (Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED, Status.CANCELED)
    mine = Subscription.objects.filter(customer__user=user).exclude(status__in=gone)
    return mine.select_related("plan").order_by("-started_at").first()


def looks_unfinished(user: User, *, at: datetime) -> bool:
    """Whether Stripe may know more of a reader than we do, in one query.

    A visit to Checkout without an end, a payment that is owed, or a period that has passed unrenewed.
    """
    theirs = Subscription.objects.filter(customer__user=OuterRef("pk"))
    owed = Q(status__in=(Status.INCOMPLETE, Status.PAST_DUE, Status.UNPAID))
    passed = Q(status__in=(Status.ACTIVE, Status.TRIALING), period_end_at__lte=at)
    visits = Checkout.objects.filter(user=OuterRef("pk"), state=Checkout.State.OPEN)
    unfinished = Exists(theirs.filter(owed | passed)) | Exists(visits)
    return User.objects.filter(unfinished, pk=user.pk).exists()


def institutions_of(addresses: Iterable[str]) -> list[Institution]:
    """The institutions that have the domain of one of these e-mail addresses on their list."""
    domains = {address.rpartition("@")[2].lower() for address in addresses}
    return list(Institution.objects.filter(domains__domain__in=domains).distinct())


PROVIDED = "Access provided by "
NETWORK_COLUMNS = ("source", "told", "institution__starts_at", "institution__ends_at")


def _by_network(address: str) -> QuerySet[InstitutionNetwork] | None:
    """The ranges of active institutions that a network address lies in, as grants; None for no address."""
    try:
        place = ip_address(address)
    except ValueError:
        return None
    mapped = getattr(place, "ipv4_mapped", None) or place
    digits = digits_of(int(mapped), mapped.version)
    ranges = InstitutionNetwork.objects.filter(first__lte=digits, last__gte=digits)
    told = Concat(Value(PROVIDED), "institution__name", Value("."), output_field=CharField())
    return (
        ranges.filter(institution__is_active=True)
        .annotate(source=Value(Source.INSTITUTION.value, output_field=CharField()), told=told)
        .order_by()
    )


def group_owned_by(user: User) -> Group | None:
    """The group whose seats the reader gives out; None without one, or once its subscription has ended."""
    over = (Status.CANCELED, Status.INCOMPLETE_EXPIRED, Status.INCOMPLETE)
    mine = Group.objects.filter(subscription__customer__user=user, subscription__plan__is_for_groups=True)
    mine = mine.exclude(subscription__status__in=over)
    return mine.select_related("subscription__plan").order_by("-created_at").first()


def groups_open_to(user: User) -> list[Group]:
    """The groups in which the reader could take a seat now: invited, or by the domain of a proven address."""
    addresses = proven_addresses(user)
    domains = {address.rpartition("@")[2] for address in addresses}
    invited = Q(seats__email__in=addresses, seats__returned_at__isnull=True, seats__user__isnull=True)
    found = Group.objects.filter(invited | Q(domains__domain__in=domains))
    held = Seat.objects.filter(user=user, returned_at__isnull=True)
    living = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE)
    found = found.filter(subscription__status__in=living).exclude(subscription__customer__user=user)
    return list(found.exclude(pk__in=held.values("group")).distinct().select_related("subscription__plan"))
