"""Readers who have two subscriptions that charge them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Sum

from accounts.models import User
from kit.money import format_money
from subscriptions.actions.checkouts import BLOCKING
from subscriptions.actions.reconciling.findings import Finding, Findings, Kind, Leaf, Scope
from subscriptions.models import Payment, Status, Subscription

RANKS = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE, Status.PAUSED, Status.UNPAID)
"""Which of two a reader keeps: the one that serves them best, and of equals the older."""


@dataclass(frozen=True)
class Double:
    """A subscription `kept` and one `extra`, with the payments for the extra one while there were two."""

    kept: Subscription
    extra: Subscription

    @property
    def payments(self) -> list[Payment]:
        """What was paid for the extra one and not given back, since the day the reader had both."""
        since = max(self.kept.started_at, self.extra.started_at)
        paid = Payment.objects.filter(invoice__subscription=self.extra, status="succeeded")
        return [row for row in paid.filter(created_at__gte=since) if row.amount > row.amount_refunded]

    @property
    def refund(self) -> str:
        """What they come to, in words."""
        sums: dict[str, int] = {}
        for row in self.payments:
            sums[row.currency] = sums.get(row.currency, 0) + row.amount - row.amount_refunded
        return " and ".join(format_money(amount, currency) for currency, amount in sums.items())


def compare_doubles(scope: Scope) -> Leaf:
    """All readers with more than one, in one query and one more for each of them."""
    living = Subscription.objects.filter(status__in=BLOCKING, customer__deleted_at__isnull=True)
    counted = living.order_by().values("customer__user").annotate(number=Count("pk"))
    users = [row["customer__user"] for row in counted.filter(number__gt=1)]
    findings = [finding for user in User.objects.filter(pk__in=users) for finding in doubles_of(user)]
    return Leaf(compared=counted.aggregate(sum=Sum("number"))["sum"] or 0, findings=tuple(findings))


def doubles_of(user: User) -> Findings:
    """One finding for each subscription of a reader that is one too many; it is named by that one."""
    return tuple(
        Finding(
            Kind.DOUBLE,
            double.extra.stripe_id,
            "one subscription for each reader",
            f"{_said(double.kept)}; and {_said(double.extra)}",
            double.extra.customer,
        )
        for double in _pairs(user)
    )


def find_double(stripe_id: str) -> Double | None:
    """The subscription that is one too many beside the one to keep; None when it is not, or no more."""
    extra = Subscription.objects.filter(stripe_id=stripe_id).select_related("customer__user").first()
    pairs = _pairs(extra.customer.user) if extra else ()
    return next((double for double in pairs if double.extra == extra), None)


def _pairs(user: User) -> Iterator[Double]:
    rows = Subscription.objects.filter(customer__user=user, status__in=BLOCKING)
    ordered = sorted(
        rows.select_related("customer", "plan"),
        key=lambda row: (RANKS.index(Status(row.status)), row.started_at, row.pk),
    )
    for extra in ordered[1:]:
        yield Double(ordered[0], extra)


def _said(row: Subscription) -> str:
    plan = row.plan.name if row.plan else "a plan"
    return f"{plan}, {row.price} a {row.interval}, since {row.started_at:%Y-%m-%d}"
