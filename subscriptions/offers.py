"""Which offer a reader may have."""

from datetime import datetime, timedelta

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.models import User
from subscriptions.models import Checkout, Offer, OfferShowing, Plan, Status, Subscription

SITTING = timedelta(hours=1)
"""For so long after it was first shown, an offer is still the one being shown: pages are loaded again."""


def offer_for(user: User, *, kind: str, plan: Plan, currency: str = "", at: datetime) -> Offer | None:
    """The offer to put before a reader now: one they have not taken, nor seen before this sitting.

    The newest wins. Those for readers who left are only for them, while they are gone.
    """
    seen = OfferShowing.objects.filter(user=user, shown_at__lte=at - SITTING)
    offers = _not_taken(user, kind=kind, plan=plan, currency=currency, at=at)
    offer = offers.exclude(pk__in=seen.values("offer")).first()
    return offer if kind != Offer.Kind.WIN_BACK or has_left(user) else None


def win_back_for(user: User, *, plan: Plan, currency: str = "", at: datetime) -> Offer | None:
    """The offer that applies by itself when a reader who left comes back, shown to them or not."""
    offer = _not_taken(user, kind=Offer.Kind.WIN_BACK, plan=plan, currency=currency, at=at).first()
    return offer if offer and has_left(user) else None


def has_open_codes(plan: Plan, *, currency: str, at: datetime) -> bool:
    """Whether there is a code to type at the till for this plan."""
    codes = open_offers(kind=Offer.Kind.CODE, at=at).exclude(stripe_promotion_id="")
    return _suiting(codes, plan=plan, currency=currency).exists()


def open_offers(*, kind: str, at: datetime) -> QuerySet[Offer]:
    """Offers of a kind that Stripe knows, are open at `at` and not used up."""
    begun = Q(starts_at__isnull=True) | Q(starts_at__lte=at)
    not_over = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    not_used_up = Q(max_redemptions__isnull=True) | Q(redemptions__lt=F("max_redemptions"))
    known = with_redemptions(Offer.objects.filter(kind=kind, is_active=True).exclude(stripe_coupon_id=""))
    return known.filter(begun, not_over, not_used_up)


def _suiting(offers: QuerySet[Offer], *, plan: Plan, currency: str) -> QuerySet[Offer]:
    of_plan = Q(plans__isnull=True) | Q(plans=plan)
    in_currency = Q(percent_off__isnull=False) | Q(currency=currency)
    return offers.filter(of_plan, in_currency).distinct()


def with_redemptions(offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """The offers with `redemptions`: how many readers used each, by our own books."""
    paid = Checkout.objects.filter(offer=OuterRef("pk"), state=Checkout.State.COMPLETE)
    taken = OfferShowing.objects.filter(offer=OuterRef("pk"), taken_at__isnull=False)
    by_code, by_reader = (
        Coalesce(Subquery(rows.order_by().values("offer").annotate(n=Count("pk")).values("n")), 0)
        for rows in (paid, taken)
    )
    return offers.annotate(redemptions=Case(When(kind=Offer.Kind.CODE, then=by_code), default=by_reader))


def has_left(user: User) -> bool:
    """Whether a reader had a subscription, and it is over."""
    statuses = set(Subscription.objects.filter(customer__user=user).values_list("status", flat=True))
    over = {Status.CANCELED, Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED}
    return Status.CANCELED in statuses and statuses <= over


def _not_taken(user: User, *, kind: str, plan: Plan, currency: str, at: datetime) -> QuerySet[Offer]:
    offers = _suiting(open_offers(kind=kind, at=at), plan=plan, currency=currency or plan.currency)
    taken = OfferShowing.objects.filter(user=user, taken_at__isnull=False)
    return offers.exclude(pk__in=taken.values("offer")).order_by("-pk")
