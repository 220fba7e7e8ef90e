"""A previewed invoice in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime

from kit.money import format_money
from subscriptions.actions.changes import ChangePreview, credit_left
from subscriptions.gateways import InvoiceSnapshot, LineSnapshot, PreviewSnapshot
from subscriptions.models import Interval, PlanPrice, Subscription


@dataclass(frozen=True)
class Row:
    """A line with its sum."""

    text: str
    money: str


@dataclass(frozen=True)
class Statement:
    """What is charged today and why; `credit` is what is kept for later charges, if anything."""

    rows: tuple[Row, ...]
    due: str
    is_due: bool
    credit: str


@dataclass(frozen=True)
class Later:
    """What is charged from then on, and when first; `started` while that is the end of a trial."""

    money: str
    interval: str
    first_on: str
    is_trial: bool


def now_in_words(preview: ChangePreview) -> Statement | None:
    """The invoice made at once; None within a trial, where nothing is due."""
    if preview.now is None:
        return None
    invoice = preview.now.invoice
    left = credit_left(preview.now)
    return Statement(
        rows=tuple(_rows(preview, preview.now)),
        due=format_money(invoice.amount_due, invoice.currency),
        is_due=invoice.amount_due > 0,
        credit=format_money(left, invoice.currency) if left else "",
    )


def later_in_words(preview: ChangePreview) -> Later:
    """Each renewal after it."""
    invoice = preview.later.invoice
    return Later(
        money=format_money(invoice.total, invoice.currency),
        interval=Interval(preview.plan.interval).label,
        first_on=_day(_first_renewal(preview)),
        is_trial=preview.now is None,
    )


def _first_renewal(preview: ChangePreview) -> datetime:
    """The end of the period that the change pays for: a new one, or the one that runs."""
    periods = preview.now.invoice.lines if preview.now else ()
    fresh = [line.period_end_at for line in periods if not line.is_proration]
    return max(fresh, default=preview.subscription.period_end_at)


def _rows(preview: ChangePreview, snapshot: PreviewSnapshot) -> Iterator[Row]:
    invoice = snapshot.invoice
    names = _names(preview, invoice)
    for line in invoice.lines:
        yield Row(
            _line_in_words(line, names, preview.subscription), format_money(line.amount, invoice.currency)
        )
    if invoice.discount:
        yield Row("Discount", format_money(-invoice.discount, invoice.currency))
    if invoice.tax:
        yield _tax(invoice)
    used = invoice.amount_due - max(0, invoice.total)
    if used:
        yield Row(_balance(used, snapshot.starting_balance), format_money(used, invoice.currency))


def _names(preview: ChangePreview, invoice: InvoiceSnapshot) -> dict[str, str]:
    ids = {line.price for line in invoice.lines}
    sold = PlanPrice.objects.filter(stripe_id__in=ids).select_related("plan")
    return {row.stripe_id: row.plan.name for row in sold} | {preview.change.price: preview.plan.name}


def _line_in_words(line: LineSnapshot, names: dict[str, str], subscription: Subscription) -> str:
    name = names.get(line.price) or (subscription.plan.name if subscription.plan else line.description)
    seats = f", {line.quantity} seats" if line.quantity > 1 else ""
    until = _day(line.period_end_at)
    if not line.is_proration:
        return f"{name}{seats}, {_day(line.period_start_at)} to {until}"
    what = "Unused time of" if line.amount < 0 else "Remaining time of"
    return f"{what} {name}{seats}, until {until}"


def _tax(invoice: InvoiceSnapshot) -> Row:
    """On top, or within the sums above it, as the prices say."""
    is_on_top = invoice.total == invoice.subtotal - invoice.discount + invoice.tax
    return Row("Tax" if is_on_top else "Tax included above", format_money(invoice.tax, invoice.currency))


def _balance(used: int, balance: int) -> str:
    if used > 0:
        return "Still owed from before"
    return "From your credit" if balance < 0 else "Too little to charge: goes on your next invoice"


def _day(moment: datetime) -> str:
    return date_format(localtime(moment).date(), "F j, Y")
