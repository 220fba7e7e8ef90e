"""A group's seats: its owner's page, and the pages of those who are invited."""

import re

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.queries import proven_addresses, signed_in_user
from subscriptions.actions.groups import (
    NoSeatLeft,
    NotYourDomain,
    NotYourSeat,
    close_to_domain,
    invite_to_seat,
    join_by_domain,
    open_to_domain,
    read_seat,
    rename_group,
    return_seat,
    take_seat,
)
from subscriptions.models import Group, Seat
from subscriptions.queries import group_owned_by, groups_open_to

MOST_AT_ONCE = 200
"""Addresses that one form may invite."""


def _own_group(request: HttpRequest) -> tuple[User, Group]:
    """Who asks, and the group they own. Raises Http404 for everybody without one."""
    user = signed_in_user(request)
    group = group_owned_by(user)
    if group is None:
        raise Http404("You own no group.")
    return user, group


@never_cache
@require_GET
@login_required
def group(request: HttpRequest) -> HttpResponse:
    """Who has a seat, who is invited, and how many are free."""
    _, owned = _own_group(request)
    return render(request, "subscriptions/group.html", _group_context(owned))


def _group_context(owned: Group) -> dict[str, object]:
    seats = list(owned.seats.held().select_related("user"))
    return {
        "group": owned,
        "seats": seats,
        "free": max(0, owned.bought - len(seats)),
        "excess": max(0, len(seats) - owned.bought),
        "domains": owned.domains.all(),
    }


@require_POST
@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """Invite the addresses typed, one or many; those that cannot be are said, and stay in the form."""
    user, owned = _own_group(request)
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="invite_to_seat", user=user)
    if limited:
        return limited
    typed = re.split(r"[\s,;]+", request.POST.get("addresses", "").strip())[:MOST_AT_ONCE]
    invited, left = 0, []
    trouble = ""
    for address in filter(None, typed):
        try:
            validate_email(address)
            invite_to_seat(group=owned, email=address, by=user, at=timezone.now())
            invited += 1
        except ValidationError:
            left.append(address)
            trouble = "Not an e-mail address: please correct what is left in the field."
        except NoSeatLeft:
            left.append(address)
            trouble = "No seat is left for these. Take one back, or buy more."
    if invited:
        messages.success(request, f"{invited} invitation{'' if invited == 1 else 's'} on the way.")
    if left or not invited:
        trouble = trouble or "Type at least one e-mail address."
        context = _group_context(owned) | {"typed": "\n".join(left), "trouble": trouble}
        return render(request, "subscriptions/group.html", context, status=400)
    return redirect("group")


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a seat back."""
    user, owned = _own_group(request)
    seat = get_object_or_404(owned.seats.held().select_related("user"), pk=pk)
    if request.method == "POST":
        return_seat(seat=seat, by=user, at=timezone.now())
        messages.success(request, f"The seat of {seat.email} is free again.")
        return redirect("group")
    return render(request, "subscriptions/seat_take_back.html", {"seat": seat, "group": owned})


@require_POST
@login_required
def rename(request: HttpRequest) -> HttpResponse:
    user, owned = _own_group(request)
    rename_group(group=owned, name=request.POST.get("name", ""), by=user, at=timezone.now())
    return redirect("group")


@require_POST
@login_required
def domain(request: HttpRequest) -> HttpResponse:
    """Open the group to a domain, or close it."""
    user, owned = _own_group(request)
    now, name = timezone.now(), request.POST.get("domain", "")
    if "close" in request.POST:
        close_to_domain(group=owned, domain=name, by=user, at=now)
        messages.success(request, f"Nobody new joins by {name}. Those who have a seat keep it.")
        return redirect("group")
    try:
        open_to_domain(group=owned, domain=name, by=user, at=now)
    except NotYourDomain as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, f"Whoever has an address at {name} may now take a free seat.")
    return redirect("group")


@require_http_methods(["GET", "POST"])
@never_cache
def seat(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation: shown to anybody who holds it, accepted by whoever is signed in."""
    try:
        invited = read_seat(token)
        if request.method == "POST" and isinstance(request.user, User):
            take_seat(seat=invited, user=request.user, at=timezone.now())
            messages.success(request, f"You have a seat in {invited.group}. Everything is open to you.")
            return redirect("account_overview")
    except NotYourSeat:
        return render(request, "subscriptions/seat_gone.html", status=404)
    if invited.returned_at or (invited.user and invited.user != request.user):
        return render(request, "subscriptions/seat_gone.html", status=410)
    return render(request, "subscriptions/seat.html", {"seat": invited, "group": invited.group})


@never_cache
@require_GET
@login_required
def seats(request: HttpRequest) -> HttpResponse:
    """The seats a reader has, and those they could take."""
    user = signed_in_user(request)
    held = Seat.objects.filter(user=user, returned_at__isnull=True, taken_at__isnull=False)
    context = {"seats": held.select_related("group"), "groups": groups_open_to(user)}
    return render(request, "subscriptions/seats.html", context)


@require_POST
@login_required
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a free seat in a group that is open to the reader's domain, or has invited them."""
    user = signed_in_user(request)
    wanted = next((open_group for open_group in groups_open_to(user) if open_group.pk == pk), None)
    if wanted is None:
        raise Http404("No such group is open to you.")
    try:
        _take_place(wanted, user)
    except (NoSeatLeft, NotYourSeat):
        messages.error(request, f"Every seat of {wanted} is taken. Ask its owner for one.")
        return redirect("seats")
    messages.success(request, f"You have a seat in {wanted}. Everything is open to you.")
    return redirect("account_overview")


def _take_place(wanted: Group, user: User) -> None:
    now = timezone.now()
    invitation = wanted.seats.held().filter(user=None, email__in=proven_addresses(user)).first()
    if invitation:
        take_seat(seat=invitation, user=user, at=now)
    else:
        join_by_domain(group=wanted, user=user, at=now)


@require_POST
@login_required
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a seat up."""
    user = signed_in_user(request)
    held = get_object_or_404(Seat, pk=pk, user=user, returned_at__isnull=True)
    return_seat(seat=held, by=user, at=timezone.now())
    messages.success(request, f"You have given up your seat in {held.group}.")
    return redirect("account_overview")
