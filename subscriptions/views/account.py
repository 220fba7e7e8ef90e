"""The account page: what a reader has, why, what comes next and what they can do."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.queries import signed_in_user
from subscriptions.actions.books import sync_customer
from subscriptions.actions.cancelling import OVER, adopt_card
from subscriptions.actions.offers import show_offer
from subscriptions.bills import Bill, with_bills
from subscriptions.cards import card_in_words, has_expired_by
from subscriptions.gateways import (
    StripeRefused,
    StripeUnavailable,
    default_card,
    open_card_page,
    open_portal,
)
from subscriptions.labels import address_of
from subscriptions.models import Customer, Gift, Offer, Source, Status, Subscription
from subscriptions.offers import offer_for
from subscriptions.options import why_fixed
from subscriptions.queries import GrantFact, customer_of, grants_of, latest_subscription
from subscriptions.standing import Standing, price_in_words, standing_of
from subscriptions.upcoming import Charge, next_charge

CARD_BEFORE = "card_before"
"""Where a session remembers which card was on file before its reader went to change it."""


@dataclass(frozen=True)
class Entry:
    """A subscription as the account page shows it."""

    subscription: Subscription
    standing: Standing
    price: str
    charge: Charge | None
    card: str
    card_expires_first: bool

    @property
    def print_to(self) -> str:
        return address_of(self.subscription.customer)

    @property
    def can_change(self) -> bool:
        return not why_fixed(self.subscription)

    @property
    def can_cancel(self) -> bool:
        return not self.standing.is_over and self.subscription.cancels_at is None


@dataclass(frozen=True)
class Right:
    """Why someone can read, for how long, and where to do something about it, if anywhere."""

    reason: str
    span: str
    url: str = ""


@never_cache
@require_GET
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """What you have, since when, the next charge, and why you can read."""
    user = signed_in_user(request)
    now = timezone.now()
    entries = [_entry(row, bill, at=now) for row, bill in _shown(user)]
    context = {
        "entries": entries,
        "rights": [_right(fact, entries) for fact in grants_of(user, at=now)],
        "gave_gifts": user.gifts_given.exclude(state=Gift.State.UNPAID).exists(),
        "has_customer": customer_of(user) is not None,
        "win_back": _win_back(user, entries, at=now),
    }
    return render(request, "subscriptions/account.html", context)


def _win_back(user: User, entries: list[Entry], *, at: datetime) -> Offer | None:
    """What a reader who left is offered for coming back to the plan they had; shown here once."""
    left = next((each.subscription for each in entries if each.standing.is_over), None)
    if left is None or left.plan is None:
        return None
    offer = offer_for(user, kind=Offer.Kind.WIN_BACK, plan=left.plan, currency=left.currency, at=at)
    if offer:
        show_offer(user=user, offer=offer, at=at)
    return offer


def _right(fact: GrantFact, entries: list[Entry]) -> Right:
    url = reverse("seats") if fact.source == Source.SEAT else ""
    return Right(fact.reason, _span(fact, entries), url)


def _span(fact: GrantFact, entries: list[Entry]) -> str:
    """A subscription that renews is not told by the end of its period, which is none to its reader."""
    renews = any(entry.charge for entry in entries)
    if fact.source == Source.STRIPE and renews:
        return "For as long as your subscription runs."
    return (
        f"Until {date_format(localtime(fact.ends_at).date(), 'F j, Y')}." if fact.ends_at else "No end date."
    )


def _shown(user: User) -> list[tuple[Subscription, Bill | None]]:
    """What runs; beside that no unfinished purchase. When nothing runs, what matters most of the rest."""
    living = Subscription.objects.filter(customer__user=user).exclude(status__in=OVER)
    found = with_bills(living)
    running = [pair for pair in found if pair[0].status != Status.INCOMPLETE]
    if running or found:
        return running or found[:1]
    last = latest_subscription(user)
    return [(last, None)] if last else []


def _entry(subscription: Subscription, bill: Bill | None, *, at: datetime) -> Entry:
    standing = standing_of(subscription, bill=bill, at=at)
    charge = next_charge(subscription)
    return Entry(
        subscription=subscription,
        standing=standing,
        price=price_in_words(subscription),
        charge=charge,
        card=card_in_words(subscription) if subscription.card_last4 and not standing.is_over else "",
        card_expires_first=bool(charge and has_expired_by(subscription, charge.at)),
    )


@require_POST
@login_required
def portal(request: HttpRequest) -> HttpResponse:
    """Send a reader to Stripe's Customer Portal: cards, addresses, invoices."""
    customer = customer_of(signed_in_user(request))
    if customer is None:
        return redirect("plans")
    try:
        return redirect(open_portal(customer=customer.stripe_id, return_url=_return_url()))
    except (StripeUnavailable, StripeRefused):
        return _away(request)


@require_POST
@login_required
def change_card(request: HttpRequest) -> HttpResponse:
    """Straight to Stripe's page for another card; what pays now is remembered until they are back."""
    customer = customer_of(signed_in_user(request))
    if customer is None:
        return redirect("plans")
    try:
        request.session[CARD_BEFORE] = default_card(customer.stripe_id)
        return redirect(open_card_page(customer=customer.stripe_id, return_url=_return_url()))
    except (StripeUnavailable, StripeRefused):
        return _away(request)


def _return_url() -> str:
    return settings.SITE_URL + reverse("account_return")


def _away(request: HttpRequest) -> HttpResponse:
    messages.error(request, "The payment service is not answering. Please try again in a minute.")
    return redirect("account_overview")


@never_cache
@require_GET
@login_required
def returned(request: HttpRequest) -> HttpResponse:
    """Back from Stripe's pages: fetch what was changed there before showing it."""
    customer = customer_of(signed_in_user(request))
    try:
        if customer:
            _bring_in(request, customer, at=timezone.now())
    except (StripeUnavailable, StripeRefused):
        messages.info(request, "What you changed will show here in a minute.")
    return redirect("account_overview")


def _bring_in(request: HttpRequest, customer: Customer, *, at: datetime) -> None:
    before = request.session.pop(CARD_BEFORE, None)
    if before is None:
        sync_customer(customer=customer, at=at)
    elif adopt_card(customer=customer, before=before, by=signed_in_user(request), at=at):
        messages.success(request, "Your new card is saved. It pays from now on.")
