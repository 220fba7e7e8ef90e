"""Withdrawing from a contract, without signing in and in two steps (rule L1).

The statement is shown as it will be sent, on a page that carries it signed: pressing the button twice, or
coming back to it, sends one.
"""

from typing import Any
from uuid import uuid4

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from subscriptions.actions.withdrawals import (
    CannotWithdraw,
    Statement,
    carry_out_withdrawal,
    claim_withdrawal,
    contract_to_claim,
    receive_withdrawal,
    token_of,
    withdrawal_named,
)
from subscriptions.contracts import Contract, contracts_of
from subscriptions.gateways import StripeUnavailable
from subscriptions.models import Withdrawal

OTHER = "other"
SALT = "withdrawal statement"


class WithdrawalForm(forms.Form):
    """Who withdraws, from what, and where the confirmation goes: no more than the law lets one ask."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="E-mail address",
        help_text="We confirm there at once that we have received your withdrawal.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    choice = forms.ChoiceField(label="Contract", widget=forms.RadioSelect)
    contract = forms.CharField(
        label="Which contract",
        max_length=200,
        help_text="The plan and when you subscribed, for instance, or the number of an invoice.",
        required=False,
    )

    def __init__(self, *args: Any, contracts: list[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contracts = {contract.key: contract for contract in contracts}
        if not contracts:
            del self.fields["choice"]
            self.fields["contract"].required = True
            return
        choices = [(key, contract.name) for key, contract in self.contracts.items()]
        self.fields["choice"].choices = [*choices, (OTHER, "Another contract")]  # type: ignore[attr-defined]
        self.fields["choice"].initial = choices[0][0]
        self.fields["contract"].label = "If another: which contract"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "choice" in self.fields and data.get("choice") == OTHER and not data.get("contract"):
            self.add_error("contract", "Say which contract it is.")
        return data

    def statement(self) -> Statement:
        """What will be sent, word for word."""
        name, email = self.cleaned_data["name"], self.cleaned_data["email"]
        chosen = self.contracts.get(self.key)
        contract = chosen.name[:200] if chosen else self.cleaned_data["contract"]
        house = settings.PUBLICATION["name"]
        words = f"I withdraw from my contract with {house}: {contract}.\n\n{name}\n{email}"
        return Statement(name=name, email=email, contract=contract, words=words)

    @property
    def key(self) -> str:
        """The reader's own contract that was chosen; empty for any other."""
        key = self.cleaned_data.get("choice", "")
        return key if key in self.contracts else ""


def _open_contracts(request: HttpRequest) -> list[Contract]:
    now = timezone.now()
    mine = contracts_of(request.user, at=now) if isinstance(request.user, User) else []
    return [contract for contract in mine if contract.is_open(now)]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """The first step: the form. Sent, it shows the statement that the second step confirms."""
    user = request.user
    known = {"name": user.name, "email": user.email} if isinstance(user, User) else {}
    form = WithdrawalForm(request.POST or None, initial=known, contracts=_open_contracts(request))
    if request.method == "POST" and form.is_valid():
        statement = form.statement()
        facts = {**vars(statement), "key": form.key, "submission": str(uuid4())}
        context = {"statement": statement, "signed": signing.dumps(facts, salt=SALT)}
        return render(request, "subscriptions/withdraw_confirm.html", context)
    return render(request, "subscriptions/withdraw.html", {"form": form, "days": settings.WITHDRAWAL_DAYS})


@require_POST
def confirm_withdrawal(request: HttpRequest) -> HttpResponse:
    """The second step: the statement is received, confirmed by letter, and carried out if it can be."""
    try:
        facts = signing.loads(request.POST.get("statement", ""), salt=SALT)
    except signing.BadSignature:
        messages.error(request, "Please fill in the form once more.")
        return redirect("withdraw")
    limited: HttpResponse | None = ratelimit.consume_or_429(
        request, action="withdraw", key=facts["email"].lower()
    )
    if limited:
        return limited
    user = request.user if isinstance(request.user, User) else None
    submission, key = facts.pop("submission"), facts.pop("key")
    contract = next((row for row in _open_contracts(request) if row.key == key), None)
    withdrawal = receive_withdrawal(
        submission=submission,
        statement=Statement(**facts),
        user=user,
        contract=contract,
        at=timezone.now(),
    )
    _try_now(withdrawal)
    return redirect("withdraw_received", token=token_of(withdrawal, "receipt"))


def _try_now(withdrawal: Withdrawal) -> None:
    """Carry out what can be; a sweep does what Stripe does not answer to now."""
    try:
        carry_out_withdrawal(withdrawal=withdrawal, at=timezone.now())
    except StripeUnavailable:
        return


@never_cache
@require_GET
def withdrawal_received(request: HttpRequest, token: str) -> HttpResponse:
    """What was received and when. The same for everybody, whether they have an account or not."""
    withdrawal = withdrawal_named(token, "receipt")
    if withdrawal is None:
        raise Http404
    is_own = request.user.is_authenticated and withdrawal.user_id == request.user.pk
    context = {"withdrawal": withdrawal, "is_done": is_own and withdrawal.state == Withdrawal.State.EXECUTED}
    return render(request, "subscriptions/withdraw_received.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """Where the letter's link leads: its reader shows that the contract is theirs."""
    withdrawal = withdrawal_named(token, "claim")
    if withdrawal is None:
        raise Http404
    if request.method == "POST":
        try:
            claim_withdrawal(withdrawal=withdrawal, at=timezone.now())
        except CannotWithdraw:
            withdrawal.refresh_from_db()
        else:
            _try_now(withdrawal)
    context = {"withdrawal": withdrawal, "contract": contract_to_claim(withdrawal)}
    return render(request, "subscriptions/withdraw_claim.html", context)
