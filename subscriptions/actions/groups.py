"""Seats: bought by a group's owner, given out by mail or by domain, taken back."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.queries import proven_addresses
from subscriptions.actions.access import follow_subscription
from subscriptions.actions.notices import give_notice
from subscriptions.models import Checkout, Group, GroupDomain, Notice, Seat, Status, Subscription
from subscriptions.models.group import DOMAIN

LIVING = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE)
_signer = Signer(sep=".", salt="subscriptions.seat")


class NoSeatLeft(Exception):
    """Every seat that was bought is given out."""


class NotYourSeat(Exception):
    """The invitation is unknown, was taken back, or is taken by somebody else."""


class NotYourDomain(Exception):
    """Nobody may open a group to a domain at which they have no proven address; the message says which."""


@transaction.atomic
def open_group(*, subscription: Subscription, at: datetime) -> Group | None:
    """The group of a subscription to a plan that is sold by seat, made when it first arrives; else None."""
    group = Group.objects.filter(subscription=subscription).first()
    if group or not (subscription.plan and subscription.plan.is_for_groups):
        return group
    checkout = Checkout.objects.filter(subscription=subscription).first() or (
        Checkout.objects.filter(user=subscription.customer.user, plan=subscription.plan)
        .exclude(group_name="")
        .first()
    )
    name = checkout.group_name if checkout and checkout.group_name else str(subscription.customer.user)
    return Group.objects.create(subscription=subscription, name=name, created_at=at)


@transaction.atomic
def rename_group(*, group: Group, name: str, by: User, at: datetime) -> None:
    """Call a group something else; its members see the name. An empty name changes nothing."""
    if name.strip() and name.strip() != group.name:
        group.name = name.strip()[:120]
        group.save(update_fields=("name",))
        follow_subscription(subscription=group.subscription, at=at)
        AuditEntry.record("rename group", group, by=by, at=at)


@transaction.atomic
def invite_to_seat(*, group: Group, email: str, by: User, at: datetime) -> Seat:
    """Hold a seat for an address and write to it; asked again, write once more, at most once a day.

    Raises:
        NoSeatLeft: nothing changes.
    """
    group = _lock(group)
    email = email.strip().lower()
    seat = group.seats.held().filter(email=email).first()
    if seat is None:
        _need_room(group)
        seat = Seat.objects.create(group=group, email=email, invited_at=at)
        AuditEntry.record("invite to seat", seat, by=by, at=at)
    if seat.taken_at is None:
        facts = {"group": group.name, "owner": str(group.subscription.customer.user), "url": seat_url(seat)}
        key = f"{seat.pk}-{at:%Y-%m-%d}"
        give_notice(kind=Notice.Kind.SEAT_INVITATION, key=key, address=email, facts=facts, at=at)
    return seat


@transaction.atomic
def take_seat(*, seat: Seat, user: User, at: datetime) -> None:
    """Accept an invitation: whoever holds its letter may, under whatever address they have an account.

    Raises:
        NotYourSeat: it was taken back, somebody else took it, or the group does not run.
    """
    seat = _lock_seat(seat)
    if seat.returned_at or (seat.user and seat.user != user):
        raise NotYourSeat
    if seat.group.subscription.status not in LIVING:
        raise NotYourSeat
    other = seat.group.seats.held().filter(user=user).exclude(pk=seat.pk).first()
    if other or seat.user == user:
        return
    seat.user, seat.taken_at = user, at
    seat.save(update_fields=("user", "taken_at"))
    AuditEntry.record("take seat", seat, by=user, at=at)
    follow_subscription(subscription=seat.group.subscription, at=at)


@transaction.atomic
def join_by_domain(*, group: Group, user: User, at: datetime) -> Seat:
    """Take a free seat because a proven address of the reader's is of one of the group's domains.

    Raises:
        NotYourSeat: none is.
        NoSeatLeft: all are given out.
    """
    group = _lock(group)
    domains = set(group.domains.values_list("domain", flat=True))
    email = next((mail for mail in proven_addresses(user) if mail.rpartition("@")[2] in domains), None)
    if email is None:
        raise NotYourSeat
    held = group.seats.held()
    seat = held.filter(user=user).first() or held.filter(email=email).first()
    if seat is None:
        _need_room(group)
        seat = Seat.objects.create(group=group, email=email, invited_at=at)
    take_seat(seat=seat, user=user, at=at)
    return seat


@transaction.atomic
def return_seat(*, seat: Seat, by: User, at: datetime) -> None:
    """Take a seat back, or give it up: access through it ends now, and the place is free again."""
    seat = _lock_seat(seat)
    if seat.returned_at:
        return
    seat.returned_at = at
    seat.save(update_fields=("returned_at",))
    AuditEntry.record("take seat back", seat, by=by, at=at)
    follow_subscription(subscription=seat.group.subscription, at=at)
    if seat.user and seat.user != by:
        facts = {"group": seat.group.name}
        give_notice(
            kind=Notice.Kind.SEAT_RETURNED,
            key=str(seat.pk),
            address=seat.user.email,
            user=seat.user,
            facts=facts,
            at=at,
        )


@transaction.atomic
def open_to_domain(*, group: Group, domain: str, by: User, at: datetime) -> None:
    """Let whoever proves an address of `domain` take a free seat.

    Raises:
        NotYourDomain: no proven address of the owner's is of it, or it is no domain.
    """
    domain = domain.strip().lower().removeprefix("@")
    try:
        DOMAIN(domain)
    except ValidationError as error:
        raise NotYourDomain(f"{domain or 'That'} is not a domain such as example.org.") from error
    if domain not in {address.rpartition("@")[2] for address in proven_addresses(by)}:
        raise NotYourDomain(f"To open the group to {domain}, first prove an address of yours there.")
    GroupDomain.objects.get_or_create(group=group, domain=domain)
    AuditEntry.record("open group to domain", group, by=by, at=at, reason=domain)


@transaction.atomic
def close_to_domain(*, group: Group, domain: str, by: User, at: datetime) -> None:
    """Nobody new joins by that domain; those who have a seat keep it."""
    if group.domains.filter(domain=domain).delete()[0]:
        AuditEntry.record("close group to domain", group, by=by, at=at, reason=domain)


def seat_url(seat: Seat) -> str:
    """The address in an invitation."""
    return settings.SITE_URL + reverse("seat", args=(_signer.sign_object(seat.pk),))


def read_seat(token: str) -> Seat:
    """The seat that an invitation's address names. Raises NotYourSeat for anything else."""
    try:
        pk = _signer.unsign_object(token)
    except (BadSignature, ValueError) as error:
        raise NotYourSeat from error
    seat = Seat.objects.filter(pk=pk).select_related("group__subscription__customer__user").first()
    if seat is None:
        raise NotYourSeat
    return seat


def _lock(group: Group) -> Group:
    """The group, alone: of two who want the last seat one gets it."""
    Group.objects.select_for_update().get(pk=group.pk)
    return Group.objects.select_related("subscription__plan", "subscription__customer__user").get(pk=group.pk)


def _lock_seat(seat: Seat) -> Seat:
    seats = Seat.objects.select_for_update(of=("self",)).select_related("group__subscription__plan", "user")
    return seats.get(pk=seat.pk)


def _need_room(group: Group) -> None:
    if group.seats.held().count() >= group.bought:
        raise NoSeatLeft
