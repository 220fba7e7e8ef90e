"""What a line of an invoice is worth in a month: the heart of recurring revenue, as pure functions.

Worth is counted in twelfths of a minor unit, the price of a year: those of months and of years are both whole
numbers then, and nothing is rounded before the last step (`movements.shown`).
"""

from datetime import datetime
from typing import NamedTuple

MONTH_DAYS, YEAR_DAYS = 30.4375, 365.25


class Price(NamedTuple):
    """A Stripe price: minor units for one seat, and how many months they pay for."""

    amount: int
    months: int
    plan: int | None = None


class Reduction(NamedTuple):
    """What a subscription's last whole period was reduced by, of its price; both in minor units."""

    off: int = 0
    amount: int = 0


NONE = Reduction()


class Line(NamedTuple):
    """A paid line for some time. Amounts are minor units.

    `amount` is before reductions, `off` what reductions took that come again, `once` what those took that do
    not, `included` the tax inside the amount. `invoiced` is what its invoice as a whole says: total less tax.
    """

    subscription: int
    invoice: int
    currency: str
    price_id: str
    starts_at: datetime
    ends_at: datetime
    amount: int
    off: int
    once: int
    included: int
    is_proration: bool
    quantity: int
    invoiced: int

    @property
    def net(self) -> int:
        """What it was invoiced for, without tax."""
        return self.amount - self.off - self.once - self.included


def period_value(line: Line, price: Price | None, terms: Reduction = NONE) -> int:
    """What a whole period costs as this line says, without tax and without reductions that were for once.

    A proration line charges for part of a period only: the price in full is the plan's, reduced as the line
    is. Stripe puts no discount on such a line, whose amount is reduced already; then it is reduced as the
    period that was changed, by `terms`.
    """
    if not line.is_proration and not line.once:
        return line.net
    whole, off = line.amount, line.off
    if line.is_proration and price:
        whole = price.amount * line.quantity
        off = _off_in_full(Reduction(line.off, line.amount), whole) if line.off else _off_as(terms, whole)
    taxed = line.amount - line.off - line.once
    return _share(whole - off, line.net, taxed) if line.included and taxed else whole - off


def yearly_value(line: Line, price: Price | None, terms: Reduction = NONE) -> int:
    """The same as the price of a year, which is its worth in a month in twelfths of a minor unit.

    The plan's price tells the interval. For a price that is none of ours the length of the period does.
    """
    value = period_value(line, price, terms)
    if price:
        return _share(value, 12, price.months)
    days = max((line.ends_at - line.starts_at).total_seconds() / 86_400, 1)
    months = round(days / MONTH_DAYS)
    if months and not line.is_proration:
        return _share(value, 12, months)
    return round(value * YEAR_DAYS / days)


def _percent(terms: Reduction) -> int | None:
    """The whole percentage that a reduction is, allowing for its rounding; None when it is an amount."""
    percent = round(100 * terms.off / terms.amount) if terms.amount else 0
    return percent if abs(terms.amount * percent - 100 * terms.off) < 100 else None


def _off_in_full(part: Reduction, whole: int) -> int:
    """What the reduction of a part is for the whole: the same percentage, free of the part's rounding."""
    percent = _percent(part)
    if percent is None:
        return min(_share(whole, part.off, part.amount), whole)
    return _share(whole, percent, 100)


def _off_as(terms: Reduction, whole: int) -> int:
    """What another price is reduced by: by the same percentage, or the same amount."""
    percent = _percent(terms)
    return min(terms.off, whole) if percent is None else _share(whole, percent, 100)


def _share(amount: int, part: int, whole: int) -> int:
    """`amount * part / whole` to the nearest integer, halves upwards."""
    return (2 * amount * part + whole) // (2 * whole)
