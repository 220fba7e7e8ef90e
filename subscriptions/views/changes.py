"""Choosing another plan: what there is, what it would cost, and the button."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.queries import signed_in_user
from kit.money import NotMoney, format_money, money_as_text, parse_money
from subscriptions.actions.changes import (
    CannotChange,
    Changed,
    ChangePreview,
    NeedsAddress,
    NotYourPreview,
    StalePreview,
    Wish,
    change_subscription,
    show_change,
    wish_in,
)
from subscriptions.cards import card_in_words
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Subscription
from subscriptions.options import options_for, seats_given, why_fixed
from subscriptions.statement import later_in_words, now_in_words
from subscriptions.views.own import own_subscription, trouble_in_words


@never_cache
@require_GET
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """The plans that this subscription could become, each with its price."""
    subscription = own_subscription(request, signed_in_user(request))
    plan = subscription.plan
    context = {
        "subscription": subscription,
        "fixed": why_fixed(subscription),
        "options": options_for(subscription),
        "given": seats_given(subscription) if plan and plan.is_for_groups else 0,
        "own_amount": money_as_text(subscription.amount, subscription.currency),
    }
    return render(request, "subscriptions/change.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def review(request: HttpRequest) -> HttpResponse:
    """GET: what the change chosen would cost, to the cent. POST: make just that change."""
    subscription = own_subscription(request, signed_in_user(request))
    try:
        if request.method == "POST":
            return _make(request, subscription)
        return _show(request, subscription, _wish(request, subscription))
    except NeedsAddress as reason:
        messages.info(request, str(reason))
        here = f"{request.path}?{request.GET.urlencode()}"
        return redirect(f"{reverse('postal_address')}?{urlencode({'next': here})}")
    except (CannotChange, NotMoney) as reason:
        messages.error(request, str(reason))
        return _back(subscription)
    except (StripeUnavailable, StripeRefused) as trouble:
        messages.error(request, trouble_in_words(trouble))
        return _back(subscription)


def _back(subscription: Subscription) -> HttpResponse:
    return redirect(f"{reverse('change')}?subscription={subscription.stripe_id}")


def _wish(request: HttpRequest, subscription: Subscription) -> Wish:
    """What the form asks for. Raises CannotChange or NotMoney."""
    key, typed = request.GET.get("plan", ""), request.GET.get("amount", "").strip()
    seats = request.GET.get("seats", "1")
    if not (seats.isascii() and seats.isdigit() and len(seats) < 7):
        raise CannotChange("Please say how many seats you need, in figures.")
    return Wish(key, int(seats), parse_money(typed, subscription.currency) if typed else None)


def _show(request: HttpRequest, subscription: Subscription, wish: Wish) -> HttpResponse:
    preview = show_change(subscription=subscription, wish=wish, at=timezone.now())
    return render(request, "subscriptions/change_review.html", _in_words(preview))


def _in_words(preview: ChangePreview) -> dict[str, Any]:
    subscription = preview.subscription
    return {
        "preview": preview,
        "subscription": subscription,
        "statement": now_in_words(preview),
        "later": later_in_words(preview),
        "card": card_in_words(subscription) if subscription.card_last4 else "",
    }


def _make(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    token = request.POST.get("token", "")
    now = timezone.now()
    try:
        changed = change_subscription(
            subscription=subscription, token=token, by=signed_in_user(request), at=now
        )
    except NotYourPreview as error:
        raise Http404("There is no such preview.") from error
    except StalePreview as reason:
        messages.warning(request, f"{reason} Nothing was changed or charged. These are the sums as of now.")
        return _show(request, subscription, wish_in(token, subscription=subscription))
    _tell(request, changed)
    return redirect("account_overview")


def _tell(request: HttpRequest, changed: Changed) -> None:
    name = changed.subscription.plan.name if changed.subscription.plan else "your new plan"
    invoice = changed.invoice
    if changed.waits:
        messages.warning(request, "The payment has not gone through yet, so nothing has changed so far.")
    elif invoice and invoice.amount_due:
        paid = format_money(invoice.amount_due, invoice.currency)
        messages.success(request, f"Done: you have {name} now. {paid} was charged.")
    else:
        # Without an invoice the button was pressed twice, or a trial goes on.
        nothing = " Nothing was charged today." if invoice else ""
        messages.success(request, f"Done: you have {name} now.{nothing}")
