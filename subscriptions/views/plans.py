"""The plans page: what is on sale, for how much, on which terms."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User
from subscriptions.actions.offers import show_offer
from subscriptions.models import Offer
from subscriptions.offers import open_offers
from subscriptions.queries import living_subscription
from subscriptions.shop import EARLY_START, Window, shop_window
from subscriptions.standing import standing_of

CURRENCY, CURRENCY_SECONDS = "currency", 365 * 24 * 3600
ASKED = ("plan", "currency", "amount", "seats", "group", "next", "wall")
"""What a reader may have chosen already; it comes along through sign-up and back from the till."""


def local_path(value: str) -> str:
    """`value` when it is a path on this site, otherwise nothing."""
    is_local = value.startswith("/") and url_has_allowed_host_and_scheme(value, allowed_hosts=None)
    return value if is_local else ""


def asked_for(data: QueryDict) -> dict[str, str]:
    """What was chosen, without what is empty; the way back only if it stays on this site."""
    asked = {name: str(data[name]) for name in ASKED if data.get(name)}
    asked["next"] = local_path(asked.get("next", ""))
    return {name: value for name, value in asked.items() if value}


@never_cache
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """The plans, in the currency chosen here or the last time; for who subscribes, what they have."""
    at = timezone.now()
    asked = asked_for(request.GET)
    user = request.user if isinstance(request.user, User) else None
    currency = asked.get("currency", request.COOKIES.get(CURRENCY, ""))
    window = shop_window(at=at, currency=currency, user=user)
    subscription = living_subscription(user) if user else None
    if user and not subscription:
        _note_showing(user, window)
    context = {
        "window": window,
        "typed": asked,
        "early_start": EARLY_START,
        "subscription": subscription,
        "takes_codes": open_offers(kind=Offer.Kind.CODE, at=at).exists(),
        "standing": standing_of(subscription, at=at) if subscription else None,
    }
    response = render(request, "subscriptions/plans.html", context)
    if window.currency and asked.get("currency") == window.currency:
        _remember(response, window.currency, is_secure=request.is_secure())
    return response


def _note_showing(user: User, window: Window) -> None:
    for offer in {each.offer for each in (*window.readers, *window.groups) if each.offer}:
        show_offer(user=user, offer=offer, at=window.at)


def _remember(response: HttpResponse, currency: str, *, is_secure: bool) -> None:
    response.set_cookie(
        CURRENCY, currency, max_age=CURRENCY_SECONDS, httponly=True, samesite="Lax", secure=is_secure
    )
