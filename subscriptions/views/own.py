"""The subscription that a reader's page is about."""

from django.http import Http404, HttpRequest

from accounts.models import User
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Subscription
from subscriptions.queries import latest_subscription

AWAY = "The payment service is not answering. Nothing was changed; please try again in a minute."
REFUSED = "The payment service did not accept that. Nothing was changed; please write to us if it stays so."


def trouble_in_words(trouble: StripeUnavailable | StripeRefused) -> str:
    """What to tell a reader whose wish did not get through."""
    return REFUSED if isinstance(trouble, StripeRefused) else AWAY


def own_subscription(request: HttpRequest, user: User) -> Subscription:
    """The one the request names, or else the one that matters most. Raises Http404 for somebody else's."""
    named = request.POST.get("subscription") or request.GET.get("subscription")
    mine = Subscription.objects.filter(customer__user=user).select_related("plan", "customer")
    found = mine.filter(stripe_id=named).first() if named else latest_subscription(user)
    if found is None:
        raise Http404("You have no such subscription.")
    return found
