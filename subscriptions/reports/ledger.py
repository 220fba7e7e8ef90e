"""The books as a statement of recurring revenue: read once, for any number of months."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from subscriptions.models import Dispute, Invoice, InvoiceLine, Payment, PlanPrice, Subscription
from subscriptions.reports.movements import Account, Movement, movements
from subscriptions.reports.running import Run, moments_within, runs
from subscriptions.reports.value import Line, Price, period_value, yearly_value

CHUNK = 500
LONGEST = timedelta(days=400)
"""Plans are for a year at most: invoices older than that before a time have no line that touches it."""

Owners = Mapping[int, tuple[int, datetime | None]]
"""Whose account a subscription is of, and when it ended."""

INCLUDED = Case(
    When(invoice__total=F("invoice__subtotal") - F("invoice__discount"), then=F("tax")),
    default=0,
    output_field=IntegerField(),
)
"""The tax inside a line's amount: all of it, where an invoice's total is its lines less discounts."""


@dataclass
class Tie:
    """One currency at one moment: what the running lines were invoiced for beside what the invoices say.

    Minor units: `says` is the invoices' total less tax, `others` their lines that do not run, `lines` those
    that do, `value` what those cost per period without reductions for once. `yearly` is in twelfths.
    """

    number: int = 0
    says: int = 0
    others: int = 0
    lines: int = 0
    value: int = 0
    yearly: int = 0
    wrong: list[int] = field(default_factory=list)

    @property
    def difference(self) -> int:
        return self.says - self.others - self.lines


class PlanCount(NamedTuple):
    """Subscriptions of a plan in a currency that pay, and their worth in twelfths of a minor unit."""

    number: int
    yearly: int


@dataclass
class Statement:
    """Recurring revenue at each of `moments`: by account, by plan, and tied to the invoices."""

    moments: Sequence[datetime]
    worth: dict[Account, list[int]]
    first: dict[Account, int]
    earlier: frozenset[Account]
    ties: dict[str, list[Tie]]
    plans: dict[str, dict[int | None, list[PlanCount]]]

    def months(self) -> dict[str, list[Movement]]:
        """What happened between the moments, by currency."""
        return movements(self.worth, earlier=self.earlier, first=self.first)


def state(moments: Sequence[datetime]) -> Statement:
    """Recurring revenue just before each of the rising `moments`, from our copy of the books alone."""
    grace = timedelta(days=settings.PAST_DUE_GRACE_DAYS)
    owners = subscriptions()
    found = Reading(moments, prices(), owners)
    lines = paid_lines(since=moments[0] - grace, until=moments[-1])
    stopped = stops()
    for subscription, group in groupby(lines, key=itemgetter(0)):
        found.read(subscription, group, stopped=stopped, grace=grace)
    found.tie_others()
    return Statement(
        moments=moments,
        worth=dict(found.worth),
        first=found.first,
        earlier=paid_before(moments[0] - grace, owners),
        ties=dict(found.ties),
        plans={currency: dict(plans) for currency, plans in found.plans.items()},
    )


class Reading:
    """A statement while it is being drawn up."""

    def __init__(
        self,
        moments: Sequence[datetime],
        known: Mapping[str, Price],
        owners: Owners,
    ) -> None:
        count = len(moments)
        self.moments, self.known, self.owners = moments, known, owners
        self.worth: dict[Account, list[int]] = defaultdict(lambda: [0] * count)
        self.first: dict[Account, int] = {}
        self.ties: dict[str, list[Tie]] = defaultdict(lambda: [Tie() for _ in range(count)])
        self.plans: dict[str, dict[int | None, list[PlanCount]]] = defaultdict(
            lambda: defaultdict(lambda: [PlanCount(0, 0)] * count)
        )
        self.mixed: list[tuple[Line, int]] = []

    def read(
        self, subscription: int, lines: Iterable[Line], *, stopped: Mapping[int, datetime], grace: timedelta
    ) -> None:
        """Take in one subscription's paid lines."""
        reader, ended_at = self.owners[subscription]
        for run in runs(lines, ended_at=ended_at, stopped=stopped, grace=grace):
            price = self.known.get(run.line.price_id)
            yearly = yearly_value(run.line, price, run.terms)
            if yearly <= 0:
                continue
            account = (reader, run.line.currency)
            within = moments_within(run, self.moments)
            began = within.start - 1  # the number of the month in which the run began
            self.first[account] = min(self.first.get(account, began), began)
            for number in within:
                self.worth[account][number] += yearly
                self._count(run, price, number, yearly)

    def _count(self, run: Run, price: Price | None, number: int, yearly: int) -> None:
        line = run.line
        tie = self.ties[line.currency][number]
        tie.number += 1
        tie.says += line.invoiced
        tie.lines += line.net
        tie.value += period_value(line, price, run.terms)
        tie.yearly += yearly
        if line.invoiced != line.net:
            self.mixed.append((line, number))
        row = self.plans[line.currency][price.plan if price else None]
        row[number] = PlanCount(row[number].number + 1, row[number].yearly + yearly)

    def tie_others(self) -> None:
        """Put beside the running lines what else their invoices charge or credit."""
        sums = nets_of({line.invoice for line, _ in self.mixed})
        for line, number in self.mixed:
            tie, others = self.ties[line.currency][number], sums.get(line.invoice, 0) - line.net
            tie.others += others
            if line.invoiced != line.net + others:
                tie.wrong.append(line.invoice)


def recurring(rows: QuerySet[InvoiceLine]) -> QuerySet[InvoiceLine]:
    """Paid lines for some time of a subscription; credits for unused time only end other lines' runs."""
    paid = rows.filter(invoice__status=Invoice.Status.PAID, invoice__subscription__isnull=False)
    return paid.filter(Q(is_proration=False, amount__gte=0) | Q(amount__gt=0)).filter(
        period_end_at__gt=F("period_start_at")
    )


def paid_lines(*, since: datetime, until: datetime) -> Iterator[Line]:
    """The recurring lines whose period touches the time from `since` until `until`, by subscription."""
    touching = InvoiceLine.objects.filter(period_end_at__gt=since, period_start_at__lt=until)
    rows = recurring(touching.filter(invoice__created_at__gt=since - LONGEST))
    columns = rows.order_by("invoice__subscription_id").values_list(
        "invoice__subscription_id",
        "invoice_id",
        "invoice__currency",
        "price_id",
        "period_start_at",
        "period_end_at",
        "amount",
        F("discount") - F("discount_once"),
        "discount_once",
        INCLUDED,
        "is_proration",
        "quantity",
        F("invoice__total") - F("invoice__tax"),
    )
    return map(Line._make, columns.iterator(chunk_size=5000))


def paid_before(moment: datetime, owners: Owners) -> frozenset[Account]:
    """The accounts, by currency, that had paid money for a subscription before the moment."""
    paid = Invoice.objects.filter(
        status=Invoice.Status.PAID, total__gt=0, created_at__lt=moment, subscription__isnull=False
    )
    found = paid.order_by().values_list("subscription_id", "currency").distinct()
    return frozenset((owners[pk][0], currency) for pk, currency in found if pk)


def prices() -> dict[str, Price]:
    """Every Stripe price that sells or sold a plan."""
    return {row.stripe_id: Price(row.amount, row.months, row.plan_id) for row in PlanPrice.objects.all()}


def subscriptions() -> Owners:
    """Whose account a subscription is of, and when it ended."""
    rows = Subscription.objects.order_by().values_list("pk", "customer__user_id", "ended_at")
    return {pk: (user, ended_at) for pk, user, ended_at in rows}


def stops() -> dict[int, datetime]:
    """When the money of an invoice was gone: given back in full, or contested in a dispute that was lost.

    A dispute counts from its opening: Stripe does not say when it was lost, and a book made anew cannot know.
    """
    refunded = Payment.objects.filter(
        invoice__amount_paid__gt=0, invoice__amount_refunded__gte=F("invoice__amount_paid")
    )
    lost = Dispute.objects.filter(status="lost", payment__invoice__isnull=False)
    pairs = [
        *refunded.exclude(refunded_at=None).order_by("refunded_at").values_list("invoice_id", "refunded_at"),
        *lost.order_by("-opened_at").values_list("payment__invoice_id", "opened_at"),
    ]
    return {invoice: moment for invoice, moment in pairs if invoice and moment}


def nets_of(invoices: Iterable[int]) -> dict[int, int]:
    """What all lines of each invoice come to, without tax."""
    ids = sorted(invoices)
    found: dict[int, int] = {}
    for start in range(0, len(ids), CHUNK):
        rows = InvoiceLine.objects.filter(invoice__in=ids[start : start + CHUNK]).order_by()
        net = F("amount") - F("discount") - INCLUDED
        found.update(rows.values_list("invoice").annotate(net=Coalesce(Sum(net), 0)))
    return found
