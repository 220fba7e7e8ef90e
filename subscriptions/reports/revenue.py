"""Monthly recurring revenue (MRR): how it moved, which plans it comes from, and how it ties to the invoices.

The definition, which the page gives in short:

- A subscription is worth, in a month, what its latest paid line charges per month: the line's amount less
  reductions that come again, without tax; a yearly price counts a twelfth. Reductions for one charge are
  not taken off. A line for part of a period after a change (proration) is worth the new price in full, from
  the moment of the change. Trial periods cost nothing and are worth nothing.
- A line counts from the start of its period, once its invoice is paid, until the subscription's next line
  starts. Where no next one is paid it counts to the end of its period and for `PAST_DUE_GRACE_DAYS` after,
  in which a renewal may still be paid; never past the subscription's end, nor past the moment at which all
  of an invoice's money was given back or a payment was contested in a dispute that was lost.
- A reader's worth is that of all their subscriptions in a currency. A month compares it at its beginning
  and its end: from nothing to something is new, or reactivation for who had paid before; to nothing is
  churn; more is expansion, less contraction. Currencies are never added up.
- It is counted in twelfths of a minor unit and rounded once, when shown (`movements.shown`).

Everything follows from invoices, their payments and the ends of subscriptions as Stripe has them, so books
made anew by reconciliation give the same figures.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from kit.reporting import Cell, Link, Money, Period, Report, draw_bars
from subscriptions.models import Plan
from subscriptions.reports.ledger import PlanCount, Statement, Tie, state
from subscriptions.reports.months import Months
from subscriptions.reports.movements import KINDS, Movement, share_out, shown, whole

EMPTY = "Once an invoice for a subscription has been paid, its monthly worth is followed here."
MOST_LISTED = 100


def mrr(period: Period, *, at: datetime) -> list[Report]:
    """For each currency: the months' movements, the plans, and the tie to the invoices."""
    months = Months(period, at=at)
    statement = state(months.moments)
    found = [
        report
        for currency, table in sorted(statement.months().items())
        for report in (
            _movements(currency, table, months),
            _readers(currency, table, months),
            _plans(currency, statement, months),
            _tie_out(currency, statement.ties[currency], months),
        )
    ]
    return found or [_movements("", [], months)]


def mrr_now(*, at: datetime) -> list[Money]:
    """What all subscriptions are worth a month, in each currency."""
    ties = state([at]).ties
    return [Money(whole(rows[0].yearly), currency) for currency, rows in sorted(ties.items())]


def _movements(currency: str, table: Sequence[Movement], months: Months) -> Report:
    rows: list[tuple[Cell, ...]] = []
    for number, month in enumerate(table):
        figures = shown(month)
        amounts = (figures.opening, *(figures.moved[kind] for kind in KINDS), figures.closing)
        rows.append((months.label(number), *(Money(amount, currency) for amount in amounts)))
    return Report(
        name=f"movements-{currency}" if currency else "movements",
        title=f"Monthly recurring revenue{f' in {currency.upper()}' if currency else ''}",
        note="What all paid subscriptions are worth a month, without tax, at the beginning and the end of "
        "each month, and what came between. Each row adds up: beginning and movements make the end.",
        empty=EMPTY,
        columns=("Month", "Beginning", *(kind.capitalize() for kind in KINDS), "End"),
        rows=rows,
        bars=draw_bars(rows[-12:], value=len(KINDS) + 2),
    )


def _readers(currency: str, table: Sequence[Movement], months: Months) -> Report:
    rows: list[tuple[Cell, ...]] = [
        (months.label(number), *(month.readers[kind] for kind in KINDS), month.paying)
        for number, month in enumerate(table)
    ]
    return Report(
        name=f"readers-{currency}",
        title=f"Readers behind it, {currency.upper()}",
        note="How many readers had a part in each movement, and how many paid at the end of the month.",
        empty=EMPTY,
        columns=("Month", *(kind.capitalize() for kind in KINDS), "Paying at the end"),
        rows=rows,
        bars=draw_bars(rows[-12:], value=len(KINDS) + 1),
    )


def _plans(currency: str, statement: Statement, months: Months) -> Report:
    """Each plan at the end of the period; the money adds up to the end of the last month."""
    names: dict[int | None, str] = dict(Plan.objects.values_list("pk", "name"))
    ends = {plan: counts[-1] for plan, counts in statement.plans[currency].items()}
    total = PlanCount(sum(end.number for end in ends.values()), sum(end.yearly for end in ends.values()))
    worth = share_out([end.yearly for end in ends.values()], whole(total.yearly))
    rows: list[tuple[Cell, ...]] = [
        (names.get(plan, "A price of no plan"), end.number, Money(amount, currency))
        for (plan, end), amount in zip(ends.items(), worth, strict=True)
        if end.number
    ]
    rows.sort(key=lambda row: (-_amount(row[2]), str(row[0])))
    return Report(
        name=f"plans-{currency}",
        title=f"By plan, {currency.upper()}",
        note=f"Paid subscriptions and their monthly worth at the end of {months.label(len(months) - 1)}.",
        empty="Nobody paid at the end of this period.",
        columns=("Plan", "Subscriptions", "A month"),
        rows=rows,
        total=("All plans", total.number, Money(whole(total.yearly), currency)),
        bars=draw_bars(rows, value=2),
    )


def _tie_out(currency: str, ties: Sequence[Tie], months: Months) -> Report:
    rows = [
        tuple(_tied(tie, currency, months.label(number))) for number, tie in enumerate(ties[1:]) if tie.number
    ]
    return Report(
        name=f"tie-out-{currency}",
        title=f"Tied to the invoices, {currency.upper()}",
        note="The lines that run at the end of each month. What their invoices say (totals less tax), less "
        "what those invoices charge or credit besides, is what the lines were invoiced for; the difference "
        "is to be nothing. Part periods and reductions for one charge made whole, and years spread over "
        "twelve months, it is the monthly recurring revenue.",
        empty="No paid line ran at the end of these months.",
        columns=(
            "Month",
            "Lines",
            "Invoices say",
            "Besides",
            "Lines say",
            "Difference",
            "Made whole",
            "Years spread",
            "A month",
        ),
        rows=rows,
    )


def _tied(tie: Tie, currency: str, label: str) -> Iterator[Cell]:
    monthly = whole(tie.yearly)
    amounts = (tie.says, -tie.others, tie.lines)
    yield label
    yield tie.number
    yield from (Money(amount, currency) for amount in amounts)
    yield _difference(tie, currency)
    yield from (Money(amount, currency) for amount in (tie.value - tie.lines, monthly - tie.value, monthly))


def _difference(tie: Tie, currency: str) -> Cell:
    """Nothing, or what is wrong with a way to the invoices whose lines do not make their totals."""
    amount = Money(tie.difference, currency)
    if not tie.wrong:
        return amount
    wanted = ",".join(str(pk) for pk in tie.wrong[:MOST_LISTED])
    return Link(amount, f"{reverse('admin:subscriptions_invoice_changelist')}?id__in={wanted}")


def _amount(cell: Cell) -> int:
    return cell.amount if isinstance(cell, Money) else 0


def definition() -> Mapping[str, str]:
    """How recurring revenue is counted, for the page."""
    return {
        "What a subscription is worth": "What its latest paid invoice line charges per month, without tax. "
        "A yearly price counts a twelfth. Reductions that come again are taken off, those for one charge are "
        "not. After a change within a period the new price counts in full from that moment. Trials count "
        "nothing.",
        "From when until when": "From the start of the period that was paid until the next one. Where no "
        f"next one is paid, it counts on for {settings.PAST_DUE_GRACE_DAYS} days, in which a renewal may "
        "still go through. It ends with the subscription, and at once when all the money was given back or "
        "lost in a dispute.",
        "New, reactivation, expansion, contraction, churn": "Each reader's worth at the end of a month is "
        "compared with that at its beginning. From nothing to something is new, or reactivation for who had "
        "paid before; to nothing is churn; more is expansion, less is contraction. Several subscriptions "
        "of one reader count together; currencies never do.",
        "Rounding": "A year's price need not be divisible by twelve. All sums are kept in twelfths of a "
        "cent and rounded only when shown; what is left over goes to the movements with the largest "
        "remainders, so that every row adds up.",
    }
