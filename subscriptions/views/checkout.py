"""Choosing a plan and paying for it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.queries import signed_in_user
from subscriptions.actions.checkouts import (
    AlreadySubscribed,
    NotYourCheckout,
    PlanNotOnSale,
    finish_checkout,
    start_checkout,
)
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Checkout, Plan
from subscriptions.queries import plans_on_sale

AWAY = "The payment service is not answering. Nothing was charged; please try again in a minute."


def local_path(value: str) -> str:
    """`value` when it is a path on this site, otherwise nothing."""
    is_local = value.startswith("/") and url_has_allowed_host_and_scheme(value, allowed_hosts=None)
    return value if is_local else ""


@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """The plans with their prices."""
    context = {
        "plans": plans_on_sale(),
        "chosen": request.GET.get("plan", ""),
        "next": local_path(request.GET.get("next", "")),
    }
    return render(request, "subscriptions/plans.html", context)


@require_POST
@login_required
def subscribe(request: HttpRequest) -> HttpResponse:
    """Send a reader to Checkout for the plan they chose."""
    user = signed_in_user(request)
    plan = get_object_or_404(Plan, key=request.POST.get("plan", ""))
    path = local_path(request.POST.get("next", ""))
    try:
        checkout = start_checkout(user=user, plan=plan, return_path=path, at=timezone.now())
    except AlreadySubscribed:
        messages.info(request, "You already have a subscription. This page shows what it gives you.")
        return redirect("account_overview")
    except PlanNotOnSale:
        messages.error(request, "That plan is no longer on sale. Please choose another.")
        return redirect("plans")
    except (StripeUnavailable, StripeRefused):
        messages.error(request, AWAY)
        return redirect("plans")
    return redirect(checkout.url)


@never_cache
@require_GET
@login_required
def checkout_success(request: HttpRequest) -> HttpResponse:
    """Where Checkout sends the reader back; what happened is asked of Stripe, not of the address."""
    user = signed_in_user(request)
    try:
        session_id = request.GET.get("session_id", "")
        checkout = finish_checkout(user=user, session_id=session_id, at=timezone.now())
    except NotYourCheckout:
        return render(request, "subscriptions/checkout_unknown.html", status=404)
    except StripeUnavailable:
        return render(request, "subscriptions/checkout_waiting.html", {"reason": AWAY}, status=503)
    is_paid = checkout.state == Checkout.State.COMPLETE
    template = "subscriptions/checkout_done.html" if is_paid else "subscriptions/checkout_waiting.html"
    return render(request, template, {"checkout": checkout})
