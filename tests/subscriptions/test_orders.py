"""What readers can ask for when they buy, paid at Stripe's till and found in our books (rules C5, C6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from subscriptions.actions.checkouts import finish_checkout, start_checkout
from subscriptions.actions.plans import sync_plans
from subscriptions.models import Checkout, Customer, Invoice, Plan, PlanPrice, Status, Subscription
from subscriptions.orders import Order, OrderRefused, PlanNotOnSale, quote_of, read_order
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db(transaction=True)

AT_HOME = {
    "shipping_name": "Rafe Idunsen",
    "shipping_line1": "Quay 4",
    "shipping_city": "Saldane",
    "shipping_postal_code": "10115",
    "shipping_country": "DE",
}


def on_sale(key: str, *, currencies: dict[str, int] | None = None, **values: Any) -> Plan:
    terms = {"name": key.title(), "amount": 900, "interval": "month"} | values
    plan = Plan.objects.create(key=f"orders-{key}", **terms)
    for currency, amount in (currencies or {}).items():
        plan.currencies.create(currency=currency, amount=amount)
    list(sync_plans())
    plan.refresh_from_db()
    return plan


def start(reader: User, order: Order) -> Checkout:
    return start_checkout(user=reader, order=order, at=timezone.now())


def buy(till: Till, reader: User, order: Order, **typed: str) -> Subscription:
    checkout = start(reader, order)
    assert till.pay(checkout.url, **typed) == 303
    finish_checkout(user=reader, session_id=checkout.stripe_id, at=timezone.now())
    return Subscription.objects.get()


@pytest.mark.parametrize(
    ("currency", "amount", "shown"), [("usd", 900, "$9"), ("eur", 850, "€8.50"), ("jpy", 1200, "¥1,200")]
)
def test_c5_a_plan_is_sold_in_each_of_its_currencies(
    till: Till, reader: User, currency: str, amount: int, shown: str
) -> None:
    plan = on_sale("world", currencies={"eur": 850, "jpy": 1200})
    bought = buy(till, reader, Order(plan, currency=currency))
    paid = Invoice.objects.get()
    assert (bought.plan, bought.currency, bought.amount, bought.price) == (plan, currency, amount, shown)
    assert (paid.currency, paid.amount_paid) == (currency, amount)


def test_a_plan_is_not_sold_in_other_currencies(till: Till, reader: User) -> None:
    with pytest.raises(PlanNotOnSale):
        start(reader, Order(on_sale("home"), currency="chf"))


def test_the_reader_chooses_the_price(till: Till, reader: User) -> None:
    plan = on_sale("founding", is_open_amount=True)
    bought = buy(till, reader, read_order(plan, {"amount": "12.50"}))
    assert (bought.plan, bought.amount, Invoice.objects.get().amount_paid) == (plan, 1250, 1250)
    price = PlanPrice.objects.get(stripe_id=bought.price_id)
    assert (price.plan, price.amount, price.is_current) == (plan, 1250, False)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("8.99", "The least you can pay for Founding is $9 a month."),
        ("1000000", "That is more than can be paid at once: at most $999,999.99."),
        ("a lot", "Please write an amount such as 12.50."),
        ("9.999", "Please write an amount such as 12.50."),
        ("-20", "Please write an amount such as 12.50."),
    ],
)
def test_a_price_out_of_bounds_is_refused_in_a_clear_sentence(
    till: Till, reader: User, typed: str, why: str
) -> None:
    plan = on_sale("founding", is_open_amount=True)
    with pytest.raises(OrderRefused) as refusal:
        start(reader, read_order(plan, {"amount": typed}))
    assert (str(refusal.value), Checkout.objects.count()) == (why, 0)


def test_nobody_chooses_the_price_of_other_plans(till: Till) -> None:
    plan = on_sale("fixed")
    assert quote_of(Order(plan, amount=1)).amount == 900
    assert read_order(plan, {"amount": "1"}).amount is None


def test_seats_are_bought_within_bounds(till: Till, reader: User) -> None:
    plan = on_sale("team", is_for_groups=True, least_seats=3, most_seats=50, amount=500)
    order = Order(plan, seats=4, group_name="Harbour Library")
    bought = buy(till, reader, order)
    assert (bought.quantity, bought.amount, bought.price) == (4, 500, "$20")
    assert Checkout.objects.get().group_name == "Harbour Library"
    for seats in (2, 51):
        with pytest.raises(OrderRefused, match="sold for 3 to 50 seats"):
            quote_of(Order(plan, seats=seats, group_name="Harbour Library"))
    with pytest.raises(OrderRefused, match="give the group a name"):
        quote_of(Order(plan, seats=4, group_name="  "))


def test_a_trial_without_a_card_ends_paused(till: Till, reader: User) -> None:
    plan = on_sale("try", trial_days=14, trial_needs_card=False)
    checkout = start(reader, Order(plan))
    assert till.pay(checkout.url, number="", expiry="", cvc="") == 303
    finish_checkout(user=reader, session_id=checkout.stripe_id, at=timezone.now())
    bought = Subscription.objects.get()
    assert (bought.status, bought.card_last4) == (Status.TRIALING, "")
    assert till.v1.subscriptions.retrieve(bought.stripe_id).trial_settings.end_behavior.to_dict() == {
        "missing_payment_method": "pause"
    }


def test_a_trial_with_a_card_asks_for_it(till: Till, reader: User) -> None:
    checkout = start(reader, Order(on_sale("try-card", trial_days=14)))
    assert till.pay(checkout.url, number="", expiry="", cvc="") == 402


def test_c6_tax_is_reckoned_by_address_and_shown_on_the_invoice(
    till: Till, reader: User, settings: Settings
) -> None:
    settings.STRIPE_TAX = True
    bought = buy(till, reader, Order(on_sale("taxed")), country="FR", postal_code="75001")
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.tax, bought.amount) == (900, 150, 900)  # 20% of 7.50 is within the price


def test_c6_a_business_elsewhere_in_the_eu_gives_its_vat_id_and_pays_no_tax(
    till: Till, reader: User, settings: Settings
) -> None:
    settings.STRIPE_TAX, settings.PRICES_INCLUDE_TAX = True, False
    plan = on_sale("taxed-on-top")
    buy(till, reader, Order(plan), country="FR", postal_code="75001", tax_id="FR12345678901")
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.tax) == (900, 0)
    kept = till.v1.customers.tax_ids.list(Customer.objects.get().stripe_id)
    assert [(each.type, each.value) for each in kept] == [("eu_vat", "FR12345678901")]


def test_c6_tax_on_top_is_added(till: Till, reader: User, settings: Settings) -> None:
    settings.STRIPE_TAX, settings.PRICES_INCLUDE_TAX = True, False
    buy(till, reader, Order(on_sale("taxed-more")), country="FR", postal_code="75001")
    assert (Invoice.objects.get().total, Invoice.objects.get().tax) == (1080, 180)


def test_a_printed_copy_has_an_address(till: Till, reader: User) -> None:
    plan = on_sale("print", has_print=True)
    checkout = start(reader, Order(plan))
    assert till.pay(checkout.url) == 422  # without one
    assert till.pay(checkout.url, **AT_HOME) == 303
    finish_checkout(user=reader, session_id=checkout.stripe_id, at=timezone.now())
    customer = Customer.objects.get()
    assert (customer.shipping_name, customer.shipping_address) == (
        "Rafe Idunsen",
        {"line1": "Quay 4", "city": "Saldane", "postal_code": "10115", "country": "DE"},
    )


def test_stripe_knows_who_buys_what(till: Till, reader: User) -> None:
    plan = on_sale("named")
    session = till.v1.checkout.sessions.retrieve(start(reader, Order(plan)).stripe_id)
    assert (session.client_reference_id, session.metadata.to_dict()) == (
        str(reader.pk),
        {"user": str(reader.pk), "plan": plan.key},
    )
    assert (session.locale, "You cancel online" in session.custom_text.submit.message) == ("en", True)
    assert "plan=orders-named" in session.cancel_url


def test_s11_any_other_term_opens_another_session_and_closes_the_first(till: Till, reader: User) -> None:
    plan = on_sale("choice", is_open_amount=True, currencies={"eur": 900})
    orders = [
        Order(plan),
        Order(plan, amount=1000),
        Order(plan, amount=1100),
        Order(plan, currency="eur"),
    ]
    opened = [start(reader, order).stripe_id for order in orders]
    again = start(reader, orders[-1]).stripe_id
    states = [till.v1.checkout.sessions.retrieve(session).status for session in opened]
    assert (states, again) == (["expired", "expired", "expired", "open"], opened[-1])


def test_a_session_found_again_leads_back_to_the_newest_story(till: Till, reader: User) -> None:
    plan = on_sale("walls")
    start(reader, Order(plan, return_path="/articles/first/", wall="register"))
    checkout = start(reader, Order(plan, return_path="/articles/second/", wall="subscribe"))
    assert Checkout.objects.values_list("return_path", "wall").get() == ("/articles/second/", "subscribe")
    assert checkout.return_path == "/articles/second/"


def test_a_price_that_ended_its_trial_once_has_no_second_one(till: Till, reader: User) -> None:
    plan = on_sale("once", trial_days=14)
    buy(till, reader, Order(plan))
    Subscription.objects.update(status=Status.CANCELED, started_at=timezone.now() - timedelta(days=60))
    till.v1.subscriptions.cancel(Subscription.objects.get().stripe_id)
    checkout = start(reader, Order(plan))
    assert till.v1.checkout.sessions.retrieve(checkout.stripe_id).amount_total == 900
