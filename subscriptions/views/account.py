"""The account page: what a reader has, and why."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.queries import signed_in_user
from subscriptions.actions.books import sync_customer
from subscriptions.gateways import StripeRefused, StripeUnavailable, open_portal
from subscriptions.queries import customer_of, grants_of, latest_subscription
from subscriptions.standing import standing_of


@never_cache
@require_GET
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """What you have, since when, the next charge, and why you can read."""
    user = signed_in_user(request)
    now = timezone.now()
    subscription = latest_subscription(user)
    context = {
        "grants": grants_of(user, at=now),
        "subscription": subscription,
        "standing": standing_of(subscription),
        "has_customer": customer_of(user) is not None,
    }
    return render(request, "subscriptions/account.html", context)


@require_POST
@login_required
def portal(request: HttpRequest) -> HttpResponse:
    """Send a reader to Stripe's Customer Portal, where they change, cancel and pay."""
    user = signed_in_user(request)
    customer = customer_of(user)
    if customer is None:
        return redirect("plans")
    return_url = settings.SITE_URL + reverse("account_return")
    try:
        return redirect(open_portal(customer=customer.stripe_id, return_url=return_url))
    except (StripeUnavailable, StripeRefused):
        messages.error(request, "The payment service is not answering. Please try again in a minute.")
        return redirect("account_overview")


@never_cache
@require_GET
@login_required
def returned(request: HttpRequest) -> HttpResponse:
    """Back from the Portal: fetch what was changed there before showing it."""
    user = signed_in_user(request)
    customer = customer_of(user)
    try:
        if customer:
            sync_customer(customer=customer, at=timezone.now())
    except (StripeUnavailable, StripeRefused):
        messages.info(request, "What you changed will show here in a minute.")
    return redirect("account_overview")
