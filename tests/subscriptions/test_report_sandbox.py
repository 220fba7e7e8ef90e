"""Lives lived in the sandbox by its clocks: recurring revenue ties out with its invoices to the cent."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import User
from kit.money import format_money
from subscriptions.actions.plans import sync_plans
from subscriptions.models import Customer, Invoice, InvoiceLine, Plan
from subscriptions.reports.ledger import Statement, state
from subscriptions.reports.movements import Shown, shown, whole
from tests.subscriptions.conftest import Till
from tests.subscriptions.lives import Life, begin_life

JANUARY = datetime(2026, 1, 10, 15, tzinfo=UTC)
MOMENTS = [datetime(2026, month, 1, 5, tzinfo=UTC) for month in range(1, 9)]
"""Midnights in New York, near enough: nothing happens in these hours."""


@pytest.fixture
def plans(till: Till, db: None) -> dict[str, Plan]:
    for key, amount, interval in (
        ("digital", 900, "month"),
        ("print", 1500, "month"),
        ("year", 7900, "year"),
    ):
        Plan.objects.create(key=key, name=key.title(), amount=amount, interval=interval)
    list(sync_plans())
    return {plan.key: plan for plan in Plan.objects.all()}


@pytest.fixture
def life(till: Till) -> Any:
    def begin(name: str) -> Life:
        user = User.objects.create_user(f"{name}-{datetime.now(UTC).timestamp()}@example.com", name=name)
        return begin_life(till, user, start=JANUARY)

    return begin


def change(life: Life, plan: Plan) -> None:
    """Another plan at once, the difference charged or credited now."""
    item = life.till.v1.subscriptions.retrieve(life.stripe_id)["items"].data[0]
    terms = {
        "items": [{"id": item.id, "price": plan.stripe_price_id}],
        "proration_behavior": "always_invoice",
    }
    life.till.v1.subscriptions.update(life.stripe_id, terms)
    life.sync()


def closings(statement: Statement) -> list[str]:
    return [format_money(whole(tie.yearly), "usd") for tie in statement.ties["usd"][1:]]


def sandbox_says(life: Life) -> int:
    """All that the sandbox's own paid invoices of a reader come to, without tax."""
    invoices = life.till.v1.invoices.list({"customer": life.customer.stripe_id, "limit": 100}).data
    paid = [invoice for invoice in invoices if invoice.status == "paid"]
    return sum(invoice.total - sum(tax.amount for tax in invoice.total_taxes or ()) for invoice in paid)


def books_say() -> int:
    lines = InvoiceLine.objects.filter(invoice__status=Invoice.Status.PAID)
    return sum(
        line.amount
        - line.discount
        - (line.tax if line.invoice.total == line.invoice.subtotal - line.invoice.discount else 0)
        for line in lines.select_related("invoice")
    )


def tied(statement: Statement, *lives: Life) -> None:
    """Every month adds up, nothing differs, and our lines come to what the sandbox's invoices say."""
    figures = months_of(statement)
    assert all(each.opening + sum(each.moved.values()) == each.closing for each in figures)
    assert [tie.difference for tie in statement.ties["usd"]] == [0] * len(statement.moments)
    assert books_say() == sum(sandbox_says(life) for life in lives)


def months_of(statement: Statement) -> list[Shown]:
    return [shown(month) for month in statement.months()["usd"]]


def moved(statement: Statement) -> list[dict[str, int]]:
    """What moved in each month, without what did not."""
    return [{kind: money for kind, money in month.moved.items() if money} for month in months_of(statement)]


def test_a_change_up_and_down_with_ten_percent_for_ever_then_leaving_and_coming_back(
    till: Till, plans: dict[str, Plan], life: Any
) -> None:
    ten = till.v1.coupons.create({"percent_off": 10, "duration": "forever"}).id
    reader = life("Changes")
    reader.subscribe(plans["digital"], discounts=[{"coupon": ten}])
    reader.advance(days=15)
    change(reader, plans["print"])  # 25 January
    for _ in range(2):
        reader.advance(days=30)
    change(reader, plans["digital"])  # 26 March
    reader.advance(days=20)
    till.v1.subscriptions.update(reader.stripe_id, {"cancel_at_period_end": True})
    reader.advance(days=30)
    assert reader.subscription.status == "canceled"  # 10 May
    reader.advance(days=20)
    reader.subscribe(plans["print"])  # 4 June
    reader.advance(days=31)
    statement = state(MOMENTS)
    assert closings(statement) == ["$13.50", "$13.50", "$8.10", "$8.10", "$0", "$15", "$15"]
    assert moved(statement) == [
        {"new": 1350},
        {},
        {"contraction": -540},
        {},
        {"churn": -810},
        {"reactivation": 1500},
        {},
    ]
    tied(statement, reader)


@pytest.mark.parametrize(
    ("plan", "is_halved", "country", "yearly"),
    [
        ("year", True, "", 7900),
        ("digital", True, "", 10800),
        ("digital", False, "DE", None),
    ],
    ids=["a year, half off once", "months, half off once", "months, taxed"],
)
def test_reductions_for_one_charge_are_added_back_and_tax_is_left_out(
    till: Till,
    plans: dict[str, Plan],
    life: Any,
    plan: str,
    is_halved: bool,
    country: str,
    yearly: int | None,
) -> None:
    reader = life("Pays")
    terms: dict[str, Any] = {}
    if is_halved:
        terms["discounts"] = [{"coupon": till.v1.coupons.create({"percent_off": 50, "duration": "once"}).id}]
    if country:
        address = {"address": {"country": country, "postal_code": "10115"}}
        till.v1.customers.update(reader.customer.stripe_id, address)
        terms["automatic_tax"] = {"enabled": True}
    reader.subscribe(plans[plan], **terms)
    reader.advance(days=50)
    first = reader.customer.invoices.earliest("created_at")
    assert bool(first.tax) == bool(country)
    line = first.lines.get()
    assert (line.discount, line.discount_once) == (line.amount // 2 * is_halved,) * 2
    statement = state(MOMENTS[:3])
    worth = yearly or 12 * (first.total - first.tax)
    assert [tie.yearly for tie in statement.ties["usd"]] == [0, worth, worth]
    assert moved(statement) == [{"new": whole(worth)}, {}]
    tied(statement, reader)


def test_money_given_back_and_a_book_made_anew(till: Till, plans: dict[str, Plan], life: Any) -> None:
    reader = life("Returns")
    reader.subscribe(plans["digital"])
    for _ in range(2):
        reader.advance(days=30)
    payment = reader.customer.payments.latest("created_at")
    till.v1.refunds.create({"payment_intent": payment.intent_id})  # 11 March, of 10 March
    reader.advance(days=35)
    statement = state(MOMENTS)
    assert moved(statement) == [
        {"new": 900},
        {},
        {"churn": -900},
        {"reactivation": 900},
        {"churn": -900},
        {},
        {},
    ]
    tied(statement, reader)
    forget(reader.customer)
    reader.sync()
    again = state(MOMENTS)
    assert (again.worth, again.ties) == (statement.worth, statement.ties)


def forget(customer: Customer) -> None:
    """Lose what we know of a customer's money."""
    customer.payments.all().delete()
    InvoiceLine.objects.filter(invoice__customer=customer).delete()
    customer.invoices.all().delete()
