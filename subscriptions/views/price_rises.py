"""Announcing a price rise, and following it: a page beside the admin."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import AuditEntry
from accounts.queries import signed_in_user
from kit.desk import desk_context, desk_page
from kit.money import format_money
from kit.queue import enqueue_on_commit
from subscriptions.actions.price_rises import CannotRaise, announce_rise, steps_of, withdraw_rise
from subscriptions.models import PriceRise, PriceRiseStep
from subscriptions.tasks import apply_price_rises


@desk_page("subscriptions.view_pricerise")
@require_http_methods(["GET", "HEAD", "POST"])
def price_rise(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Whom a price rise concerns and from when; once announced, how far it has come."""
    rise = get_object_or_404(PriceRise.objects.select_related("plan"), pk=pk)
    if request.method == "POST":
        if not request.user.has_perm("subscriptions.change_pricerise"):
            raise PermissionDenied
        _decide_rise(request, rise)
        return redirect("price_rise", pk=pk)
    is_draft = rise.state == PriceRise.State.DRAFT
    steps = steps_of(rise, at=timezone.now()) if is_draft else list(rise.steps.select_related("subscription"))
    context = desk_context(
        request,
        f"New price: {rise}",
        rise=rise,
        is_draft=is_draft,
        count=len(steps),
        moves=_moves(steps),
        first_at=min((step.from_at for step in steps if step.from_at), default=None),
        told=sum(step.notified_at is not None for step in steps),
        applied=sum(step.applied_at is not None for step in steps),
        left_out=Counter(step.note for step in steps if step.note).most_common(),
        trail=AuditEntry.about(rise)[:10],
    )
    return render(request, "subscriptions/price_rise.html", context)


def _moves(steps: list[PriceRiseStep]) -> list[tuple[str, str, int]]:
    """From what to what, for how many."""
    counted = Counter((step.old_amount, step.new_amount, step.subscription.currency) for step in steps)
    return [
        (format_money(old, currency), format_money(new, currency), count)
        for (old, new, currency), count in counted.most_common()
    ]


def _decide_rise(request: HttpRequest, rise: PriceRise) -> None:
    by, now = signed_in_user(request), timezone.now()
    try:
        if request.POST.get("do") == "withdraw":
            withdraw_rise(rise=rise, reason=request.POST.get("reason", ""), by=by, at=now)
            messages.success(request, "Withdrawn: those who were told, and do not pay it yet, are told so.")
        else:
            count = announce_rise(rise=rise, by=by, at=now)
            messages.success(request, f"Announced: {count} letters go out now.")
    except CannotRaise as reason:
        messages.error(request, str(reason))
        return
    enqueue_on_commit(apply_price_rises)
