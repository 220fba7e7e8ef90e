"""Finding the reader someone asks about, and the readers who may need help."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from subscriptions.models import Customer, Dispute, Drift, Gift, Invoice, Payment, Status, Subscription

MOST = 50
CLOSED_DISPUTES = ("won", "lost", "warning_closed", "prevented")
OPEN_DISPUTES = Q(
    status__in=("needs_response", "under_review", "warning_needs_response", "warning_under_review")
)


@dataclass(frozen=True)
class Match:
    """A reader, and by what they were found."""

    user: User
    by: str


@dataclass(frozen=True)
class Trouble:
    """Who may need help now: the newest of each kind."""

    overdue: list[Subscription]
    disputes: list[Dispute]
    drifts: list[Drift]


def find_readers(text: str) -> list[Match]:
    """Readers by Stripe id, invoice number, gift code, address or name: the first that finds any."""
    asked = text.strip()
    if not asked:
        return []
    for prefix, find in BY_STRIPE_ID.items():
        if asked.startswith(prefix):
            return find(asked)
    return _by_invoice_number(asked) or _by_gift_code(asked) or _by_words(asked)


def trouble() -> Trouble:
    """What support should look at when nobody is asked for."""
    late = Subscription.objects.filter(status__in=(Status.PAST_DUE, Status.UNPAID))
    disputes = Dispute.objects.filter(payment__customer__isnull=False).exclude(status__in=CLOSED_DISPUTES)
    drifts = Drift.objects.filter(state=Drift.State.OPEN, customer__isnull=False)
    return Trouble(
        list(late.select_related("customer__user", "plan").order_by("-period_start_at")[:MOST]),
        list(disputes.select_related("payment__customer__user")[:MOST]),
        list(drifts.select_related("customer__user")[:MOST]),
    )


def _by_customer(asked: str) -> list[Match]:
    rows = Customer.objects.filter(stripe_id=asked).select_related("user")
    return [Match(row.user, f"Stripe customer {asked}") for row in rows]


def _by_subscription(asked: str) -> list[Match]:
    rows = Subscription.objects.filter(stripe_id=asked).select_related("customer__user")
    return [Match(row.customer.user, f"subscription {asked}") for row in rows]


def _by_invoice(asked: str) -> list[Match]:
    rows = Invoice.objects.filter(stripe_id=asked).select_related("customer__user")
    return [Match(row.customer.user, f"invoice {row.number or asked}") for row in rows]


def _by_payment(asked: str) -> list[Match]:
    rows = Payment.objects.filter(Q(intent_id=asked) | Q(stripe_id=asked), customer__isnull=False)
    users = {row.customer.user for row in rows.select_related("customer__user") if row.customer}
    users |= {gift.giver for gift in Gift.objects.filter(intent_id=asked).select_related("giver")}
    return [Match(user, f"payment {asked}") for user in users]


BY_STRIPE_ID: dict[str, Callable[[str], list[Match]]] = {
    "cus_": _by_customer,
    "sub_": _by_subscription,
    "in_": _by_invoice,
    "pi_": _by_payment,
    "ch_": _by_payment,
}


def _by_invoice_number(asked: str) -> list[Match]:
    rows = Invoice.objects.filter(number=asked.upper()).select_related("customer__user")
    return [Match(row.customer.user, f"invoice {row.number}") for row in rows]


def _by_gift_code(asked: str) -> list[Match]:
    """Its giver, and whoever redeemed it; codes may be typed with spaces or hyphens."""
    code = "".join(letter for letter in asked.upper() if letter.isalnum())
    found = []
    for gift in Gift.objects.filter(code=code).select_related("giver", "redeemed_by"):
        found.append(Match(gift.giver, f"giver of the gift {code}"))
        if gift.redeemed_by:
            found.append(Match(gift.redeemed_by, f"redeemed the gift {code}"))
    return found


def _by_words(asked: str) -> list[Match]:
    alike = Q(email__icontains=asked) | Q(name__icontains=asked) | Q(emailaddress__email__icontains=asked)
    rows = User.objects.filter(alike).distinct().order_by("email")[:MOST]
    return [
        Match(row, "address" if asked.lower() in row.email else "name or another address") for row in rows
    ]
