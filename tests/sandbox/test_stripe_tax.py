"""Tax by the customer's country, tax ids, and the customer's balance."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.stripe.billing import checkout
from sandbox.stripe.billing.taxing import Taxpayer, is_reverse_charge, tax_id_country, tax_on
from sandbox.stripe.billing.wallet import resolve
from sandbox.stripe.errors import ApiError
from sandbox.stripe.resources import checkout_sessions, coupons
from sandbox.stripe.store import Obj, Store
from sandbox.stripe.work import Settings, Work
from tests.sandbox.driving import START, card, visit

VISA = "4242424242424242"


@pytest.fixture(scope="module")
def net_price(api: Any, monthly: Any) -> Any:
    """€10 a month, to which tax is added."""
    return _price(api, monthly, "exclusive")


@pytest.fixture(scope="module")
def gross_price(api: Any, monthly: Any) -> Any:
    """€10 a month, tax included."""
    return _price(api, monthly, "inclusive")


def _price(api: Any, like: Any, behavior: str) -> Any:
    params = {"product": like.product, "currency": "eur", "unit_amount": 1000, "tax_behavior": behavior}
    return api.prices.create(params | {"recurring": {"interval": "month"}})


@pytest.fixture
def reader(api: Any) -> Callable[..., Any]:
    """Makes a customer in a country, with a card that pays."""

    def make(country: str | None, **more: Any) -> Any:
        params: dict[str, Any] = {
            "email": "reader@example.com",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
        address = {"address": {"country": country, "postal_code": "10115"}} if country else {}
        return api.customers.create(params | address | more)

    return make


def subscribe(api: Any, customer: Any, price: Any, **more: Any) -> Any:
    params = {"customer": customer.id, "items": [{"price": price.id}], "automatic_tax": {"enabled": True}}
    return api.subscriptions.create(params | more | {"expand": ["latest_invoice"]})


def session(api: Any, price: Any, **more: Any) -> Any:
    lines = [{"price": price.id, "quantity": 1}]
    params = {"mode": "subscription", "line_items": lines, "success_url": "http://site.test/thanks"}
    return api.checkout.sessions.create(params | {"automatic_tax": {"enabled": True}} | more)


def test_tax_is_added_to_a_price_without(api: Any, net_price: Any, reader: Callable[..., Any]) -> None:
    invoice = subscribe(api, reader("DE"), net_price).latest_invoice
    assert (invoice.subtotal, invoice.total_excluding_tax, invoice.total) == (1000, 1000, 1190)
    assert (invoice.amount_paid, invoice.automatic_tax.status) == (1190, "complete")
    tax = invoice.total_taxes[0]
    assert (tax.amount, tax.taxable_amount, tax.tax_behavior) == (190, 1000, "exclusive")
    rate = api.tax_rates.retrieve(tax.tax_rate_details.tax_rate)
    assert (rate.percentage, rate.country, rate.inclusive) == (19, "DE", False)
    assert [each.amount for each in invoice.lines.data[0].taxes] == [190]
    assert "VAT Germany 19%" in visit(invoice.hosted_invoice_url).text


def test_tax_is_found_in_a_price_with(api: Any, gross_price: Any, reader: Callable[..., Any]) -> None:
    invoice = subscribe(api, reader("FR"), gross_price).latest_invoice
    assert (invoice.subtotal, invoice.total, invoice.total_excluding_tax) == (1000, 1000, 833)
    assert (invoice.subtotal_excluding_tax, invoice.total_taxes[0].amount) == (833, 167)
    assert invoice.total_taxes[0].tax_behavior == "inclusive"


def test_tax_is_on_what_is_left_after_a_discount(
    api: Any, net_price: Any, reader: Callable[..., Any]
) -> None:
    half = api.coupons.create({"percent_off": 50, "duration": "forever"}).id
    subscription = subscribe(api, reader("DE"), net_price, discounts=[{"coupon": half}])
    invoice = subscription.latest_invoice
    assert (invoice.subtotal, invoice.total_taxes[0].amount, invoice.total) == (1000, 95, 595)
    assert api.invoices.create_preview({"subscription": subscription.id}).total == 595


def test_countries_without_a_rate_are_not_taxed(api: Any, net_price: Any, reader: Callable[..., Any]) -> None:
    invoice = subscribe(api, reader("US"), net_price).latest_invoice
    assert (invoice.total, invoice.total_taxes, invoice.automatic_tax.status) == (1000, [], "complete")


def test_tax_needs_to_know_where(api: Any, net_price: Any, reader: Callable[..., Any]) -> None:
    nowhere = reader(None)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(api, nowhere, net_price)
    assert refused.value.code == "customer_tax_location_invalid"
    with pytest.raises(stripe.InvalidRequestError, match="requires a valid address on the Customer"):
        session(api, net_price, customer=nowhere.id)
    assert session(api, net_price, customer=nowhere.id, customer_update={"address": "auto"}).id


def test_a_business_abroad_pays_the_tax_itself(api: Any, net_price: Any, reader: Callable[..., Any]) -> None:
    firm = reader("FR", tax_id_data=[{"type": "eu_vat", "value": "FR12345678901"}])
    invoice = subscribe(api, firm, net_price).latest_invoice
    assert (invoice.total, invoice.total_taxes[0].amount) == (1000, 0)
    assert invoice.total_taxes[0].taxability_reason == "reverse_charge"
    assert [(each.type, each.value) for each in invoice.customer_tax_ids] == [("eu_vat", "FR12345678901")]
    page = visit(invoice.hosted_invoice_url).text
    assert "FR12345678901" in page
    assert "reverse charge" in page


def test_a_business_at_home_pays_as_everyone(api: Any, net_price: Any, reader: Callable[..., Any]) -> None:
    firm = reader("DE", tax_id_data=[{"type": "eu_vat", "value": "DE123456789"}])
    assert subscribe(api, firm, net_price).latest_invoice.total == 1190


def test_tax_ids_are_kept_by_customer(api: Any, reader: Callable[..., Any]) -> None:
    firm, other = reader("NL"), reader("NL")
    made = api.customers.tax_ids.create(firm.id, {"type": "eu_vat", "value": "nl123456789b01"})
    assert (made.value, made.country, made.verification.status) == ("NL123456789B01", "NL", "verified")
    assert [each.id for each in api.customers.tax_ids.list(firm.id).data] == [made.id]
    assert api.customers.tax_ids.list(other.id).data == []
    with pytest.raises(stripe.InvalidRequestError):
        api.customers.tax_ids.retrieve(other.id, made.id)
    with pytest.raises(stripe.InvalidRequestError, match="Invalid value for eu_vat") as refused:
        api.customers.tax_ids.create(firm.id, {"type": "eu_vat", "value": "NL1"})
    assert refused.value.code == "tax_id_invalid"
    assert api.customers.tax_ids.delete(firm.id, made.id).deleted is True
    assert api.customers.tax_ids.list(firm.id).data == []


def test_checkout_taxes_by_the_address_on_the_page(api: Any, net_price: Any) -> None:
    buying = session(api, net_price)
    assert (buying.amount_total, buying.automatic_tax.status) == (1000, "requires_location_inputs")
    assert "Depends on your country" in visit(buying.url).text
    shown = visit(buying.url, {"update": "1", "country": "DE", "postal_code": "10115"})
    assert (shown.status, "€11.90" in shown.text) == (200, True)
    assert api.checkout.sessions.retrieve(buying.id).total_details.amount_tax == 190
    form = card(VISA, email="de@example.com", postal_code="10115", total="1190")
    assert visit(buying.url, form).status == 303
    done = api.checkout.sessions.retrieve(buying.id, {"expand": ["invoice", "customer"]})
    assert (done.amount_subtotal, done.amount_total, done.invoice.amount_paid) == (1000, 1190, 1190)
    assert (done.customer.address.country, done.customer.address.postal_code) == ("DE", "10115")
    assert done.customer_details.address.postal_code == "10115"


def test_nobody_pays_another_total_than_they_saw(api: Any, net_price: Any) -> None:
    buying = session(api, net_price)
    first = visit(buying.url, card(VISA, email="sum@example.com", total="1000"))
    assert (first.status, "The total has changed" in first.text) == (422, True)
    assert api.checkout.sessions.retrieve(buying.id).status == "open"
    assert visit(buying.url, card(VISA, email="sum@example.com", total="1190")).status == 303


def test_a_known_customer_keeps_their_address_unless_told(
    api: Any, net_price: Any, reader: Callable[..., Any]
) -> None:
    austrian = reader("AT")
    buying = session(api, net_price, customer=austrian.id)
    assert (buying.amount_total, buying.automatic_tax.status) == (1200, "complete")
    assert visit(buying.url, card(VISA, country="DE", email="reader@example.com")).status == 303
    assert api.checkout.sessions.retrieve(buying.id).amount_total == 1200
    assert api.customers.retrieve(austrian.id).address.country == "AT"
    moving = session(api, net_price, customer=austrian.id, customer_update={"address": "auto"})
    assert visit(moving.url, card(VISA, country="DE", email="reader@example.com")).status == 303
    assert api.checkout.sessions.retrieve(moving.id).amount_total == 1190
    assert api.customers.retrieve(austrian.id).address.country == "DE"


def test_checkout_takes_a_tax_number(api: Any, net_price: Any) -> None:
    buying = session(api, net_price, tax_id_collection={"enabled": True})
    wrong = visit(buying.url, card(VISA, email="firm@example.com", country="NL", tax_id="12"))
    assert wrong.faults == ["This is no tax number of Netherlands. Correct it, or leave it empty."]
    form = card(VISA, email="firm@example.com", country="NL", tax_id="nl123456789b01")
    assert visit(buying.url, form).status == 303
    done = api.checkout.sessions.retrieve(buying.id, {"expand": ["customer.tax_ids"]})
    assert (done.amount_total, done.total_details.amount_tax) == (1000, 0)
    assert [each.value for each in done.customer_details.tax_ids] == ["NL123456789B01"]
    assert [each.value for each in done.customer.tax_ids.data] == ["NL123456789B01"]


def test_tax_numbers_of_known_customers_need_leave(
    api: Any, net_price: Any, reader: Callable[..., Any]
) -> None:
    firm = reader("NL")
    asked = {"customer": firm.id, "tax_id_collection": {"enabled": True}}
    with pytest.raises(stripe.InvalidRequestError, match="set `customer_update"):
        session(api, net_price, **asked)
    assert session(api, net_price, **asked, customer_update={"name": "auto"}).id


def test_a_changed_plan_is_taxed_as_previewed(
    api: Any, net_price: Any, gross_price: Any, reader: Callable[..., Any]
) -> None:
    subscription = subscribe(api, reader("FI"), net_price)
    item = subscription["items"].data[0]
    change = {
        "items": [{"id": item.id, "quantity": 3}],
        "proration_behavior": "always_invoice",
        "proration_date": (item.current_period_start + item.current_period_end) // 2,
    }
    shown = api.invoices.create_preview({"subscription": subscription.id, "subscription_details": change})
    made = api.subscriptions.update(subscription.id, change | {"expand": ["latest_invoice"]}).latest_invoice
    assert [line.taxes[0].amount for line in shown.lines.data] == [-128, 383]
    assert (shown.total, shown.amount_due) == (1255, 1255)
    assert (made.total, made.amount_paid) == (1255, 1255)


@pytest.mark.parametrize(
    ("type", "value", "country"),
    [
        ("eu_vat", "DE123456789", "DE"),
        ("eu_vat", "DE12345678", None),
        ("eu_vat", "XX123456789", None),
        ("gb_vat", "GB123456789", "GB"),
        ("ch_vat", "CHE-123.456.789 MWST", "CH"),
        ("us_ein", "12-3456789", "US"),
        ("us_ein", "123456789", None),
    ],
)
def test_tax_ids_have_their_forms(type: str, value: str, country: str | None) -> None:
    assert tax_id_country(type, value) == country


@pytest.mark.parametrize(
    ("taxpayer", "reversed"),
    [
        (Taxpayer("FR", tax_ids=(("eu_vat", "FR12345678901"),)), True),
        (Taxpayer("DE", tax_ids=(("eu_vat", "DE123456789"),)), False),
        (Taxpayer("FR", tax_ids=(("eu_vat", "DE123456789"),)), False),
        (Taxpayer("FR"), False),
        (Taxpayer("GB", tax_ids=(("gb_vat", "GB123456789"),)), False),
        (Taxpayer("DE", "reverse"), True),
    ],
)
def test_reverse_charge_is_for_businesses_elsewhere_in_the_eu(taxpayer: Taxpayer, reversed: bool) -> None:
    assert is_reverse_charge(taxpayer) is reversed


@pytest.mark.parametrize(
    ("country", "amount", "inclusive", "tax"),
    [
        ("DE", 999, False, 190),
        ("DE", 999, True, 160),
        ("FI", 1000, False, 255),
        ("CH", 900, False, 73),
        ("DE", -999, True, -160),
    ],
)
def test_tax_is_rounded_to_the_minor_unit(country: str, amount: int, inclusive: bool, tax: int) -> None:
    found = tax_on(Taxpayer(country), amount, inclusive=inclusive, tax_code=None)
    assert found is not None
    assert found["amount"] == tax


@pytest.mark.parametrize(
    ("taxpayer", "tax_code", "reason"),
    [
        (Taxpayer("DE"), None, "standard_rated"),
        (Taxpayer("DE"), "txcd_00000000", "product_exempt"),
        (Taxpayer("DE", "exempt"), None, "customer_exempt"),
        (Taxpayer("AT", "reverse"), None, "reverse_charge"),
    ],
)
def test_a_line_says_why_it_is_taxed_so(taxpayer: Taxpayer, tax_code: str | None, reason: str) -> None:
    found = tax_on(taxpayer, 1000, inclusive=False, tax_code=tax_code)
    assert found is not None
    assert (found["taxability_reason"], found["amount"] > 0) == (reason, reason == "standard_rated")


LINES = st.lists(
    st.fixed_dictionaries(
        {
            "amount": st.integers(0, 20_000),
            "quantity": st.integers(1, 9),
            "behavior": st.sampled_from(["exclusive", "inclusive", "unspecified"]),
        }
    ),
    min_size=1,
    max_size=3,
)
OFF = st.one_of(
    st.none(),
    st.builds(lambda percent: {"percent_off": percent / 100}, st.integers(1, 10_000)),
    st.builds(lambda amount: {"amount_off": amount, "currency": "eur"}, st.integers(1, 30_000)),
)


@settings(max_examples=80, deadline=None)
@given(lines=LINES, off=OFF, country=st.sampled_from(["DE", "FI", "CH", "US"]))
def test_checkout_charges_the_total_it_shows(lines: list[Obj], off: Obj | None, country: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "state.sqlite3")
        work = Work(store, Settings("http://sandbox.test"), START)
        with store.transaction():
            _buy_and_compare(work, lines, off, country)
        store.close()


def _buy_and_compare(work: Work, lines: list[Obj], off: Obj | None, country: str) -> None:
    params: Obj = {
        "mode": "subscription",
        "success_url": "http://site.test",
        "automatic_tax": {"enabled": True},
        "line_items": [_line(line) for line in lines],
    }
    if off:
        params["discounts"] = [{"coupon": coupons.create(work, dict(off))["id"]}]
    try:
        session = checkout_sessions.create(work, params)
        outcome = checkout.submit(
            work,
            session,
            checkout.Buyer("reader@example.com", "Ada Vale", country),
            resolve(work, "pm_card_visa", param="card"),
        )
    except ApiError as refused:
        if refused.code != "amount_too_small":
            raise
        return
    invoice = work.get("invoice", session["invoice"])
    details = session["total_details"]
    assert outcome == "paid"
    assert (session["amount_subtotal"], session["amount_total"]) == (invoice["subtotal"], invoice["total"])
    assert invoice["amount_paid"] == session["amount_total"]
    assert details["amount_tax"] == sum(tax["amount"] for tax in invoice["total_taxes"])
    assert details["amount_discount"] == sum(each["amount"] for each in invoice["total_discount_amounts"])
    assert invoice["total_excluding_tax"] == invoice["total"] - details["amount_tax"]


def _line(line: Obj) -> Obj:
    data = {
        "currency": "eur",
        "unit_amount": line["amount"],
        "recurring": {"interval": "month"},
        "product_data": {"name": "Digital"},
        "tax_behavior": line["behavior"],
    }
    return {"price_data": data, "quantity": line["quantity"]}


def test_the_balance_is_changed_and_told(api: Any, reader: Callable[..., Any]) -> None:
    customer = reader("DE", balance=-300)
    given = {"amount": -200, "currency": "usd", "description": "Sorry"}
    made = api.customers.balance_transactions.create(customer.id, given)
    assert (made.ending_balance, made.type, made.description) == (-500, "adjustment", "Sorry")
    assert api.customers.retrieve(customer.id).balance == -500
    listed = api.customers.balance_transactions.list(customer.id).data
    assert [each.amount for each in listed] == [-200, -300]
    assert api.customers.balance_transactions.retrieve(customer.id, made.id).id == made.id
    with pytest.raises(stripe.InvalidRequestError, match="cannot combine currencies"):
        api.customers.balance_transactions.create(customer.id, {"amount": 1, "currency": "eur"})


def test_an_invoice_uses_the_balance_first(api: Any, monthly: Any, reader: Callable[..., Any]) -> None:
    customer = reader("DE")
    api.customers.balance_transactions.create(customer.id, {"amount": -500, "currency": "eur"})
    items = {"customer": customer.id, "items": [{"price": monthly.id}]}
    invoice = api.subscriptions.create(items | {"expand": ["latest_invoice"]}).latest_invoice
    assert (invoice.total, invoice.amount_due, invoice.amount_paid) == (900, 400, 400)
    assert (invoice.starting_balance, invoice.ending_balance, invoice.amount_remaining) == (-500, 0, 0)
    used = api.customers.balance_transactions.list(customer.id).data[0]
    assert (used.amount, used.type, used.invoice) == (500, "applied_to_invoice", invoice.id)


def test_what_is_too_small_to_charge_waits_on_the_balance(
    api: Any, monthly: Any, reader: Callable[..., Any]
) -> None:
    customer = reader("DE")
    api.customers.balance_transactions.create(customer.id, {"amount": -880, "currency": "eur"})
    items = {"customer": customer.id, "items": [{"price": monthly.id}]}
    invoice = api.subscriptions.create(items | {"expand": ["latest_invoice"]}).latest_invoice
    assert (invoice.amount_due, invoice.status, invoice.ending_balance) == (0, "paid", 20)
    listed = api.customers.balance_transactions.list(customer.id).data
    assert [(each.amount, each.type) for each in listed[:2]] == [
        (20, "invoice_too_small"),
        (880, "applied_to_invoice"),
    ]


def test_a_void_invoice_gives_the_balance_back(api: Any, monthly: Any, reader: Callable[..., Any]) -> None:
    customer = reader("DE")
    api.customers.balance_transactions.create(customer.id, {"amount": -500, "currency": "eur"})
    params = {
        "customer": customer.id,
        "items": [{"price": monthly.id}],
        "payment_behavior": "default_incomplete",
    }
    subscription = api.subscriptions.create(params)
    assert api.customers.retrieve(customer.id).balance == 0
    api.invoices.void_invoice(subscription.latest_invoice)
    assert api.customers.retrieve(customer.id).balance == -500
    back = api.customers.balance_transactions.list(customer.id).data[0]
    assert (back.amount, back.type) == (-500, "unapplied_from_invoice")
