"""Paying for a plan, and what became of the payment."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions import give_consent
from accounts.models import Consent, User
from accounts.queries import network_address, signed_in_user
from kit.queue import enqueue_on_commit
from subscriptions.actions.checkouts import (
    AlreadySubscribed,
    NotYourCheckout,
    PaymentPending,
    finish_checkout,
    start_checkout,
)
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.labels import address_of
from subscriptions.models import Checkout, Plan
from subscriptions.orders import OrderRefused, PlanNotOnSale, read_order
from subscriptions.queries import refused_payment
from subscriptions.shop import EARLY_START, Listing, listing_for
from subscriptions.tasks import check_reader
from subscriptions.views.plans import asked_for

AWAY = "The payment service is not answering. Nothing was charged; please try again in a minute."
OFF_SALE = "That plan is no longer on sale like that. Please choose another."
HAS_ONE = "You already have a subscription. This page shows what it gives you."
OTHER_TERMS = "Please look at the terms here before you subscribe: they are not those you saw before."
PLEASE_AGREE = "Please tick the box about reading at once: without it we may not let you begin."
FIRST_LOOK_SECONDS, LAST_LOOK = 5, 8


class TermsNotAgreed(Exception):
    """The reader has not agreed to the terms as they stand; the message says what to do."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Send a reader to Checkout for what they chose; a visitor to sign up first, with all of it kept."""
    if request.method != "POST":
        asked = asked_for(request.GET)
        entrance = None if request.user.is_authenticated else "account_signup"
        return _to_plans(asked, through=entrance)
    asked = asked_for(request.POST)
    if not request.user.is_authenticated:
        return _to_plans(asked, through="account_login")
    plan = get_object_or_404(Plan, key=asked.get("plan", ""))
    return _to_checkout(request, signed_in_user(request), plan, asked)


def _to_plans(asked: dict[str, str], *, through: str | None = None) -> HttpResponse:
    """The plans page as the reader left it, for a visitor behind sign-up or sign-in."""
    place = f"{reverse('plans')}?{urlencode(asked)}" + (f"#plan-{asked['plan']}" if "plan" in asked else "")
    return redirect(f"{reverse(through)}?{urlencode({'next': place})}" if through else place)


def _to_checkout(request: HttpRequest, user: User, plan: Plan, asked: dict[str, str]) -> HttpResponse:
    try:
        return redirect(_begin(request, user, plan, asked).url)
    except AlreadySubscribed:
        messages.info(request, HAS_ONE)
        return redirect("account_overview")
    except PaymentPending as pending:
        query = urlencode({"session_id": pending.checkout.stripe_id})
        return redirect(f"{reverse('checkout_success')}?{query}")
    except PlanNotOnSale:
        messages.error(request, OFF_SALE)
    except (OrderRefused, TermsNotAgreed) as reason:
        messages.error(request, str(reason))
    except (StripeUnavailable, StripeRefused):
        messages.error(request, AWAY)
    return _to_plans(asked)


def _begin(request: HttpRequest, user: User, plan: Plan, asked: dict[str, str]) -> Checkout:
    at = timezone.now()
    order = read_order(plan, asked)
    listing = listing_for(user, plan, currency=order.currency_of_price, at=at)
    if listing is None:
        raise PlanNotOnSale
    consents = _agreed(request, listing)
    checkout = start_checkout(user=user, order=order, at=at)
    address = network_address(request)
    for kind, text in consents.items():
        give_consent(user=user, kind=kind, text=text, source=request.path, address=address, at=at)
    return checkout


def _agreed(request: HttpRequest, listing: Listing) -> dict[str, str]:
    """What the reader agreed to by sending the form, by kind (rule L2). Raises TermsNotAgreed."""
    if request.POST.get("terms") != listing.terms_mark:
        raise TermsNotAgreed(OTHER_TERMS)
    agreed: dict[str, str] = {Consent.Kind.TERMS: listing.terms}
    if listing.asks_early_start:
        if not request.POST.get("early_start"):
            raise TermsNotAgreed(PLEASE_AGREE)
        agreed[Consent.Kind.EARLY_START] = EARLY_START
    return agreed


@never_cache
@require_GET
@login_required
def checkout_success(request: HttpRequest) -> HttpResponse:
    """Where Checkout sends the reader back; what happened is asked of Stripe, not of the address."""
    user = signed_in_user(request)
    session_id = request.GET.get("session_id", "")
    look = _look_again(request, session_id)
    try:
        checkout = finish_checkout(user=user, session_id=session_id, at=timezone.now())
    except NotYourCheckout:
        return render(request, "subscriptions/checkout_unknown.html", status=404)
    except (StripeUnavailable, StripeRefused):
        context = {"reason": AWAY, "look": look}
        return render(request, "subscriptions/checkout_waiting.html", context, status=503)
    if checkout.state == Checkout.State.COMPLETE:
        enqueue_on_commit(check_reader, user.pk)
        return render(request, "subscriptions/checkout_done.html", _bought(checkout))
    failure = refused_payment(checkout)
    if failure or checkout.state == Checkout.State.EXPIRED:
        return render(
            request, "subscriptions/checkout_failed.html", {"checkout": checkout, "failure": failure}
        )
    return render(request, "subscriptions/checkout_waiting.html", {"checkout": checkout, "look": look})


def _look_again(request: HttpRequest, session_id: str) -> dict[str, object] | None:
    """When and where the waiting page looks again by itself: ever later, and not for ever."""
    number = request.GET.get("look", "0")
    nth = int(number) if number.isdecimal() and len(number) < 3 else LAST_LOOK
    if nth >= LAST_LOOK:
        return None
    query = urlencode({"session_id": session_id, "look": nth + 1})
    return {"seconds": FIRST_LOOK_SECONDS * 2**nth, "path": f"{request.path}?{query}"}


def _bought(checkout: Checkout) -> dict[str, object]:
    subscription = checkout.subscription
    invoice = subscription.invoices.first() if subscription else None
    address = address_of(subscription.customer) if subscription else ""
    return {"checkout": checkout, "subscription": subscription, "invoice": invoice, "address": address}
