"""Recurring revenue as pure functions: what lines are worth, and random lives against a plain statement."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.reports.ledger import Reading
from subscriptions.reports.movements import (
    KINDS,
    Account,
    Movement,
    kind_of,
    movements,
    share_out,
    shown,
    whole,
)
from subscriptions.reports.running import runs
from subscriptions.reports.value import Line, Price, Reduction, period_value, yearly_value

START = datetime(2025, 1, 1, tzinfo=UTC)
GRACE = timedelta(days=21)
MOMENTS = [START + timedelta(days=30 * month) for month in range(10)]
PRICES = {
    "digital": Price(900, 1, 1),
    "print": Price(1933, 1, 2),
    "year": Price(7900, 12, 3),
}


def line(subscription: int = 1, invoice: int = 1, **fields: object) -> Line:
    usual: dict[str, object] = {
        "currency": "usd",
        "price_id": "digital",
        "starts_at": START,
        "ends_at": START + timedelta(days=30),
        "amount": 900,
        "off": 0,
        "once": 0,
        "included": 0,
        "is_proration": False,
        "quantity": 1,
    }
    values = {**usual, **fields}
    net = Line(subscription, invoice, **values, invoiced=0).net  # type: ignore[arg-type]
    return Line(subscription, invoice, **{"invoiced": net, **values})  # type: ignore[arg-type]


# What a line is worth


@pytest.mark.parametrize(
    ("charged", "value", "yearly"),
    [
        pytest.param(line(), 900, 10800, id="a month"),
        pytest.param(line(quantity=3, amount=2700), 2700, 32400, id="three seats"),
        pytest.param(line(price_id="year", amount=7900), 7900, 7900, id="a year, not divisible by twelve"),
        pytest.param(line(amount=0), 0, 0, id="a trial"),
        pytest.param(line(off=90), 810, 9720, id="ten percent for ever"),
        pytest.param(line(once=450), 900, 10800, id="half off the first charge"),
        pytest.param(line(off=90, once=405), 810, 9720, id="both"),
        pytest.param(line(included=144), 756, 9072, id="tax included"),
        pytest.param(line(included=72, once=450), 756, 9072, id="tax included, half off once"),
        pytest.param(line(is_proration=True, amount=437), 900, 10800, id="part of a month"),
        pytest.param(line(is_proration=True, amount=437, off=44), 810, 9720, id="part, ten percent off"),
        pytest.param(line(is_proration=True, amount=450, off=100), 700, 8400, id="part, $2 off"),
        pytest.param(line(is_proration=True, amount=870, quantity=2), 1800, 21600, id="part, two seats"),
        pytest.param(line(price_id="theirs", amount=500), 500, 6000, id="a month at a foreign price"),
        pytest.param(
            line(price_id="theirs", amount=2600, ends_at=START + timedelta(days=91)),
            2600,
            10400,
            id="a quarter at a foreign price",
        ),
        pytest.param(
            line(price_id="theirs", amount=100, ends_at=START + timedelta(days=7)),
            100,
            5218,
            id="a week at a foreign price",
        ),
    ],
)
def test_what_a_line_is_worth(charged: Line, value: int, yearly: int) -> None:
    price = PRICES.get(charged.price_id)
    assert (period_value(charged, price), yearly_value(charged, price)) == (value, yearly)


@pytest.mark.parametrize(
    ("terms", "value"),
    [((0, 0), 1933), ((0, 900), 1933), ((90, 900), 1740), ((100, 900), 1833), ((900, 900), 0)],
    ids=["nothing before", "no reduction", "ten percent", "one dollar", "all of it"],
)
def test_a_part_without_a_discount_of_its_own_is_reduced_as_the_period_it_changes(
    terms: tuple[int, int], value: int
) -> None:
    part = line(is_proration=True, price_id="print", amount=700)
    assert period_value(part, PRICES["print"], Reduction(*terms)) == value


# From when until when


def spans(*lines: Line, ended_at: datetime | None = None, **stopped: datetime) -> list[tuple[int, int]]:
    """From which day to which each line runs."""
    gone = {int(name.removeprefix("invoice_")): moment for name, moment in stopped.items()}
    found = runs(lines, ended_at=ended_at, stopped=gone, grace=GRACE)
    return [((run.since - START).days, (run.until - START).days) for run in found]


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def test_a_line_runs_until_the_next_one_and_the_last_for_the_grace_of_a_late_payer() -> None:
    assert spans(line(), line(starts_at=day(30), ends_at=day(60))) == [(0, 30), (30, 81)]


def test_a_renewal_paid_late_leaves_no_gap_within_the_grace_but_one_after_it() -> None:
    assert spans(line(), line(starts_at=day(45), ends_at=day(75))) == [(0, 45), (45, 96)]
    assert spans(line(), line(starts_at=day(55), ends_at=day(85))) == [(0, 51), (55, 106)]


def test_a_change_within_a_period_counts_from_its_moment() -> None:
    change = line(price_id="print", is_proration=True, starts_at=day(10), ends_at=day(30))
    assert spans(line(), change, line(starts_at=day(30), ends_at=day(60))) == [(0, 10), (10, 30), (30, 81)]


def test_nothing_runs_past_the_end_nor_after_money_was_given_back() -> None:
    assert spans(line(), ended_at=day(30)) == [(0, 30)]
    assert spans(line(), ended_at=day(12)) == [(0, 12)]
    assert spans(line(invoice=7), invoice_7=day(5)) == [(0, 5)]
    assert spans(line(invoice=7), invoice_7=day(40)) == [(0, 30)]


# Random lives


@dataclass
class Life:
    """One subscription: whose, its paid lines, when it ended and which money was given back."""

    reader: int
    lines: list[Line] = field(default_factory=list)
    ended_at: datetime | None = None
    stopped: dict[int, datetime] = field(default_factory=dict)


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    """Readers who start, change, pause, are given money back, cancel and return."""
    return [
        draw(subscription(reader, number))
        for reader in range(draw(st.integers(1, 4)))
        for number in range(reader * 10 + 1, reader * 10 + 1 + draw(st.integers(1, 3)))
    ]


@st.composite
def subscription(draw: st.DrawFn, reader: int, number: int) -> Life:
    life = Life(reader)
    currency = draw(st.sampled_from(("usd", "usd", "eur")))
    at = draw(st.integers(0, 200))
    for turn in range(draw(st.integers(1, 8))):
        invoice = number * 100 + turn
        price_id = draw(st.sampled_from(tuple(PRICES)))
        length = 360 if PRICES[price_id].months == 12 else 30
        quantity = draw(st.integers(1, 3))
        amount = draw(st.sampled_from((0, PRICES[price_id].amount * quantity)))
        off = amount * draw(st.sampled_from((0, 10, 25, 100))) // 100
        step = draw(st.sampled_from(("whole", "whole", "change", "pause", "refund")))
        used = draw(st.integers(1, length - 1))
        life.lines.append(
            line(
                number,
                invoice,
                currency=currency,
                price_id=price_id,
                quantity=quantity,
                starts_at=day(at),
                ends_at=day(at + length),
                amount=amount,
                off=off,
                is_proration=step == "change" and off > 0,
            )
        )
        if step == "refund":
            life.stopped[invoice] = day(at + used)
        at += {"change": used, "pause": length + used}.get(step, length)
    if draw(st.booleans()):
        life.ended_at = day(draw(st.integers(at - 20, at + 20)))
    return life


def plain_worth(life: Life, currency: str, moment: datetime) -> int:
    """The definition read aloud, for one subscription just before a moment."""
    begun = [each for each in life.lines if each.starts_at < moment and each.currency == currency]
    if not begun or (life.ended_at and life.ended_at < moment):
        return 0
    latest = max(begun, key=lambda each: each.starts_at)
    gone = life.stopped.get(latest.invoice)
    last = latest.ends_at + GRACE if gone is None else min(gone, latest.ends_at)
    if moment > last:
        return 0
    price = PRICES[latest.price_id]
    whole_price = Fraction(price.amount * latest.quantity if latest.amount else 0)
    reduced = whole_price * (1 - (Fraction(latest.off, latest.amount) if latest.amount else 0))
    # A percentage of a part is rounded in cents, that of the whole is exact: they agree within one.
    return round(reduced) * 12 // price.months


def drawn(found: list[Life]) -> Reading:
    owners = {life.lines[0].subscription: (life.reader, life.ended_at) for life in found}
    reading = Reading(MOMENTS, PRICES, owners)
    for life in found:
        reading.read(life.lines[0].subscription, life.lines, stopped=life.stopped, grace=GRACE)
    return reading


@given(lives())
def test_revenue_equals_a_plain_statement_of_it(found: list[Life]) -> None:
    worth = drawn(found).worth
    for currency in ("usd", "eur"):
        for reader in range(4):
            mine = [life for life in found if life.reader == reader]
            for number, moment in enumerate(MOMENTS):
                stated = sum(plain_worth(life, currency, moment) for life in mine)
                assert worth.get((reader, currency), [0] * len(MOMENTS))[number] == pytest.approx(
                    stated, abs=12 * len(mine)
                )


@given(lives())
def test_opening_and_movements_make_closing_to_the_unit_and_months_follow_one_another(
    found: list[Life],
) -> None:
    reading = drawn(found)
    for currency, months in movements(reading.worth, earlier=frozenset(), first=reading.first).items():
        figures = [shown(month) for month in months]
        for month, figure in zip(months, figures, strict=True):
            assert month.opening + sum(month.moved.values()) == month.closing
            assert figure.opening + sum(figure.moved.values()) == figure.closing
            assert all(abs(12 * figure.moved[kind] - month.moved[kind]) < 12 for kind in KINDS)
        assert [figure.closing for figure in figures[:-1]] == [figure.opening for figure in figures[1:]]
        tie = reading.ties[currency]
        assert [whole(each.yearly) for each in tie[1:]] == [figure.closing for figure in figures]
        assert [each.difference for each in tie] == [0] * len(MOMENTS)


@given(lives())
def test_a_book_made_anew_in_another_order_says_the_same(found: list[Life]) -> None:
    turned = [Life(life.reader, life.lines[::-1], life.ended_at, life.stopped) for life in found[::-1]]
    first, again = drawn(found), drawn(turned)
    assert (dict(again.worth), again.first) == (dict(first.worth), first.first)


# Movements


@pytest.mark.parametrize(
    ("before", "after", "has_paid", "kind"),
    [
        (0, 0, False, None),
        (5, 5, True, None),
        (0, 5, False, "new"),
        (0, 5, True, "reactivation"),
        (5, 0, True, "churn"),
        (5, 6, True, "expansion"),
        (6, 5, True, "contraction"),
    ],
)
def test_the_kind_of_a_readers_month(before: int, after: int, has_paid: bool, kind: str | None) -> None:
    assert kind_of(before, after, has_paid=has_paid) == kind


def test_who_paid_before_the_first_moment_or_within_an_earlier_month_comes_back() -> None:
    worth: dict[Account, list[int]] = {(1, "usd"): [0, 12], (2, "usd"): [0, 12], (3, "usd"): [0, 12]}
    months = movements(
        worth, earlier=frozenset({(1, "usd"), (3, "eur")}), first={(2, "usd"): -1, (3, "usd"): 0}
    )
    moved = {**dict.fromkeys(KINDS, 0), "new": 12, "reactivation": 24}
    readers = {**dict.fromkeys(KINDS, 0), "new": 1, "reactivation": 2}
    assert months == {"usd": [Movement(0, 36, moved, readers, 3)]}


def test_what_is_left_over_goes_to_the_largest_remainder() -> None:
    assert share_out([7900, 7900, -7900], 658) == [658, 658, -658]
    assert share_out([12, -24, 0], -1) == [1, -2, 0]
