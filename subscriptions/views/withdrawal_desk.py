"""Deciding on a withdrawal that did not carry itself out: a page beside the admin."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import AuditEntry, User
from accounts.queries import signed_in_user
from kit.desk import desk_context, desk_page
from subscriptions.actions.withdrawals import (
    CannotWithdraw,
    accept_withdrawal,
    carry_out_withdrawal,
    refuse_withdrawal,
)
from subscriptions.contracts import Contract, contracts_of
from subscriptions.gateways import StripeUnavailable
from subscriptions.models import Notice, Withdrawal


@desk_page("subscriptions.view_withdrawal")
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal_desk(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A statement, the contracts it could be about, and the decision."""
    withdrawal = get_object_or_404(Withdrawal.objects.select_related("user", "settled_by"), pk=pk)
    address = (request.POST.get("reader") or request.GET.get("reader") or withdrawal.email).strip()
    contracts = _contracts_at(address)
    if request.method == "POST":
        if not request.user.has_perm("subscriptions.change_withdrawal"):
            raise PermissionDenied
        _decide_withdrawal(request, withdrawal, contracts)
        return redirect("withdrawal_desk", pk=pk)
    context = desk_context(
        request,
        f"Withdrawal: {withdrawal}",
        withdrawal=withdrawal,
        is_open=withdrawal.state == Withdrawal.State.RECEIVED,
        address=address,
        contracts=[(row, row.is_open(withdrawal.confirmed_at)) for row in contracts],
        trail=AuditEntry.about(withdrawal)[:10],
        letters=Notice.objects.filter(kind=Notice.Kind.WITHDRAWAL, key__startswith=f"{withdrawal.pk}:"),
    )
    return render(request, "subscriptions/withdrawal_desk.html", context)


def _contracts_at(address: str) -> list[Contract]:
    reader = User.objects.filter(email=address.lower()).first()
    return contracts_of(reader, at=timezone.now()) if reader else []


def _decide_withdrawal(request: HttpRequest, withdrawal: Withdrawal, contracts: list[Contract]) -> None:
    by, now, reason = signed_in_user(request), timezone.now(), request.POST.get("reason", "")
    try:
        if request.POST.get("do") == "refuse":
            refuse_withdrawal(withdrawal=withdrawal, reason=reason, by=by, at=now)
            messages.success(request, "Refused: the letter with the reason goes out now.")
            return
        contract = next((row for row in contracts if row.key == request.POST.get("contract")), None)
        if contract is None:
            raise CannotWithdraw("Choose the contract.")
        accept_withdrawal(withdrawal=withdrawal, contract=contract, reason=reason, by=by, at=now)
        carry_out_withdrawal(withdrawal=withdrawal, at=now)
    except CannotWithdraw as trouble:
        messages.error(request, str(trouble))
    except StripeUnavailable:
        messages.info(request, "Stripe is not answering: it is carried out as soon as it does.")
    else:
        messages.success(request, f"It is {withdrawal.get_state_display()}.")
