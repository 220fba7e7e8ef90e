"""Giving a subscription, redeeming one, and seeing to those one gave."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.queries import signed_in_user
from subscriptions.actions.checkouts import NotYourCheckout, finish_checkout
from subscriptions.actions.gifts import (
    CodeUnknown,
    StillSubscribed,
    find_gift,
    readdress_gift,
    redeem_gift,
)
from subscriptions.actions.giving import CannotGive, Present, order_gift
from subscriptions.forms import GiftForm, ReaddressForm
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Gift
from subscriptions.orders import PlanNotOnSale

AWAY = "The payment service is not answering. Nothing was charged; please try again in a minute."
UNKNOWN = "This code opens nothing: it is mistyped, or the gift was redeemed or taken back."
SUBSCRIBED = (
    "You have a subscription that renews, so the gift would run beside it for nothing. Keep the code: it"
    " stays good. Cancel your subscription first, and the gift begins when that ends; or pass it on."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    """Choose what to give, and go to the till."""
    user = request.user if isinstance(request.user, User) else None
    form = GiftForm(request.POST or None, initial={"giver_name": user.name if user else ""})
    if user and request.method == "POST" and form.is_valid():
        try:
            present = Present(**form.cleaned_data)
            return redirect(order_gift(giver=user, present=present, at=timezone.now()).url)
        except CannotGive as reason:
            form.add_error("deliver_on", str(reason))
        except PlanNotOnSale:
            form.add_error("plan", "This plan is no longer sold.")
        except (StripeUnavailable, StripeRefused):
            messages.error(request, AWAY)
    return render(request, "subscriptions/gift.html", {"form": form})


@never_cache
@require_GET
@login_required
def done(request: HttpRequest) -> HttpResponse:
    """Back from the till; what happened there is asked of Stripe (rule S10)."""
    user = signed_in_user(request)
    try:
        session_id = request.GET.get("session_id", "")
        checkout = finish_checkout(user=user, session_id=session_id, at=timezone.now())
    except NotYourCheckout:
        return render(request, "subscriptions/checkout_unknown.html", status=404)
    except (StripeUnavailable, StripeRefused):
        return render(request, "subscriptions/checkout_waiting.html", {"reason": AWAY}, status=503)
    gift = Gift.objects.filter(checkout=checkout).select_related("plan").first()
    if gift is None or gift.state == Gift.State.UNPAID:
        return render(request, "subscriptions/checkout_waiting.html", {"checkout": checkout})
    return render(request, "subscriptions/gift_done.html", {"gift": gift})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def redeem(request: HttpRequest) -> HttpResponse:
    """Type or follow a code, see what it gives, and take it."""
    code = request.POST.get("code") or request.GET.get("code", "")
    context: dict[str, object] = {"code": code[:40]}
    if code:
        try:
            context["gift"] = find_gift(code)
            if request.method == "POST" and isinstance(request.user, User) and "take" in request.POST:
                return _take(request, request.user, code)
        except CodeUnknown:
            context["trouble"] = UNKNOWN
        except StillSubscribed:
            context["trouble"] = SUBSCRIBED
    return render(
        request, "subscriptions/gift_redeem.html", context, status=400 if "trouble" in context else 200
    )


def _take(request: HttpRequest, user: User, code: str) -> HttpResponse:
    grant = redeem_gift(code=code, user=user, at=timezone.now())
    end = timezone.localtime(grant.ends_at).strftime("%-d %B %Y") if grant.ends_at else ""
    messages.success(request, f"It is yours: you can read everything until {end}.")
    return redirect("account_overview")


@never_cache
@require_GET
@login_required
def given(request: HttpRequest) -> HttpResponse:
    """The gifts one gave, and those one was given."""
    user = signed_in_user(request)
    paid = Gift.objects.exclude(state=Gift.State.UNPAID).select_related("plan")
    context = {
        "given": paid.filter(giver=user),
        "received": paid.filter(redeemed_by=user).select_related("grant"),
    }
    return render(request, "subscriptions/gifts.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def readdress(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a gift's address or day, or have it written once more."""
    user = signed_in_user(request)
    open_states = (Gift.State.PAID, Gift.State.DELIVERED)
    gift = get_object_or_404(Gift, pk=pk, giver=user, state__in=open_states)
    form = ReaddressForm(request.POST or None, instance=gift)
    if gift.state == Gift.State.DELIVERED:
        del form.fields["deliver_on"]
    if request.method == "POST" and form.is_valid():
        limited: HttpResponse | None = ratelimit.consume_or_429(request, action="readdress_gift", user=user)
        if limited:
            return limited
        facts = {"deliver_on": gift.deliver_on, **form.cleaned_data}
        try:
            readdress_gift(gift=gift, by=user, at=timezone.now(), **facts)
        except CodeUnknown:
            messages.info(request, "The gift was redeemed meanwhile.")
        else:
            messages.success(request, f"The gift goes to {facts['recipient_email']}.")
        return redirect("gifts")
    return render(request, "subscriptions/gift_readdress.html", {"form": form, "gift": gift})
