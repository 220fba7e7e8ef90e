"""Cancelling in one page and one button, resuming with one (rule L3)."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.queries import signed_in_user
from subscriptions.actions.cancelling import (
    FEEDBACK,
    OVER,
    CannotCancel,
    CannotResume,
    accept_retention,
    cancel_subscription,
    ends_at_once,
    resume_subscription,
)
from subscriptions.actions.offers import OfferGone, show_offer
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Offer, Status, Subscription
from subscriptions.offers import offer_for
from subscriptions.options import seats_given
from subscriptions.views.own import own_subscription, trouble_in_words

COMMENT_LENGTH = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cancel(request: HttpRequest) -> HttpResponse:
    """GET: what cancelling means for this reader, with the button. POST: done."""
    subscription = own_subscription(request, signed_in_user(request))
    if request.method == "POST":
        return _cancel(request, subscription)
    if subscription.status in OVER or subscription.cancels_at:
        return redirect("account_overview")
    return _ask(request, subscription, at=timezone.now())


def _ask(request: HttpRequest, subscription: Subscription, *, at: datetime) -> HttpResponse:
    plan, user = subscription.plan, signed_in_user(request)
    offer = _retention(subscription, user, at=at)
    context = {
        "offer": offer,
        "subscription": subscription,
        "at_once": ends_at_once(subscription),
        "was_late": subscription.status in (Status.PAST_DUE, Status.UNPAID),
        "seats": seats_given(subscription) if plan and plan.is_for_groups else 0,
        "price_is_kept": bool(plan and plan.is_active and subscription.amount < plan.amount),
        "feedback": FEEDBACK,
        "comment_length": COMMENT_LENGTH,
        "withdraw_url": reverse("withdraw"),
    }
    return render(request, "subscriptions/cancel.html", context)


def _retention(subscription: Subscription, user: User, *, at: datetime) -> Offer | None:
    """The offer to stay, put before each reader once; it stands beside the way out, never in it."""
    plan = subscription.plan
    if plan is None or subscription.status not in (Status.ACTIVE, Status.TRIALING) or subscription.discount:
        return None
    offer = offer_for(user, kind=Offer.Kind.RETENTION, plan=plan, currency=subscription.currency, at=at)
    if offer:
        show_offer(user=user, offer=offer, at=at)
    return offer


def _cancel(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    feedback = request.POST.get("feedback", "")
    try:
        cancel_subscription(
            subscription=subscription,
            feedback=feedback if feedback in FEEDBACK else "",
            comment=request.POST.get("comment", "").strip()[:COMMENT_LENGTH],
            by=signed_in_user(request),
            at=timezone.now(),
        )
    except CannotCancel as reason:
        messages.info(request, str(reason))
        return redirect("account_overview")
    except (StripeUnavailable, StripeRefused) as trouble:
        messages.error(request, trouble_in_words(trouble))
        return redirect(f"{reverse('cancel')}?subscription={subscription.stripe_id}")
    return redirect(f"{reverse('cancelled')}?subscription={subscription.stripe_id}")


@never_cache
@require_GET
@login_required
def cancelled(request: HttpRequest) -> HttpResponse:
    """What was done, until when one can read, and the way back."""
    subscription = own_subscription(request, signed_in_user(request))
    if not (subscription.cancels_at or subscription.status in OVER):
        return redirect("account_overview")
    return render(request, "subscriptions/cancelled.html", {"subscription": subscription})


@require_POST
@login_required
def accept(request: HttpRequest) -> HttpResponse:
    """Stay, at the reduced price."""
    user = signed_in_user(request)
    subscription = own_subscription(request, user)
    offer = _offer(request.POST.get("offer", ""))
    try:
        if offer is None:
            raise OfferGone
        accept_retention(subscription=subscription, offer=offer, by=user, at=timezone.now())
    except (OfferGone, CannotResume):
        messages.error(request, "That offer is not open any more. Nothing was changed.")
    except (StripeUnavailable, StripeRefused) as trouble:
        messages.error(request, trouble_in_words(trouble))
    else:
        messages.success(request, f"Done: {offer.reduction}. Thank you for staying.")
    return redirect("account_overview")


def _offer(number: str) -> Offer | None:
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    offers = Offer.objects.filter(kind=Offer.Kind.RETENTION)
    return offers.filter(pk=int(number)).first() if is_number else None


@require_POST
@login_required
def resume(request: HttpRequest) -> HttpResponse:
    """Go on after all: take the cancellation back, or start again after a pause."""
    subscription = own_subscription(request, signed_in_user(request))
    try:
        after = resume_subscription(subscription=subscription, by=signed_in_user(request), at=timezone.now())
    except CannotResume as reason:
        messages.error(request, str(reason))
    except (StripeUnavailable, StripeRefused) as trouble:
        messages.error(request, trouble_in_words(trouble))
    else:
        _tell(request, after)
    return redirect("account_overview")


def _tell(request: HttpRequest, after: Subscription) -> None:
    if after.status in (Status.ACTIVE, Status.TRIALING):
        messages.success(request, "Your subscription goes on. Nothing else has changed.")
    else:
        messages.warning(request, "The payment has not gone through yet.")
