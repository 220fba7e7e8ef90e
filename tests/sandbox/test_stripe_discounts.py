"""Coupons, promotion codes and what they take off."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.stripe.billing.discounts import Part, taken_off
from sandbox.stripe.billing.ticker import tick
from sandbox.stripe.resources import coupons, customers, prices, subscriptions
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work
from tests.sandbox.driving import START, card, visit

DAY = 86_400


def word() -> str:
    return "W" + uuid.uuid4().hex[:12].upper()


@pytest.fixture
def coupon(api: Any) -> Callable[..., Any]:
    """Makes a coupon: 20 % off once, unless told otherwise."""

    def make(**params: Any) -> Any:
        off = {} if "amount_off" in params else {"percent_off": 20}
        return api.coupons.create(off | params)

    return make


@pytest.fixture
def code(api: Any, coupon: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a promotion code for a coupon of its own."""

    def make(of: Any = None, **params: Any) -> Any:
        promotion = {"type": "coupon", "coupon": (of or coupon()).id}
        return api.promotion_codes.create({"code": word(), "promotion": promotion} | params)

    return make


@pytest.fixture
def subscribe(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> Callable[..., Any]:
    """Starts a subscription of €9 a month with a card that pays."""

    def start(**more: Any) -> Any:
        params = {"customer": new_customer("pm_card_visa").id, "items": [{"price": monthly.id}]}
        return api.subscriptions.create(params | more | {"expand": ["latest_invoice", "discounts"]})

    return start


def session(api: Any, price: Any, **more: Any) -> Any:
    lines = [{"price": price.id, "quantity": 1}]
    params = {"mode": "subscription", "line_items": lines, "success_url": "http://site.test/thanks"}
    return api.checkout.sessions.create(params | more)


def test_a_coupon_lowers_the_first_invoice_only(
    api: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    twenty = coupon(duration="once", name="Twenty off")
    subscription = subscribe(discounts=[{"coupon": twenty.id}])
    invoice = subscription.latest_invoice
    assert (invoice.subtotal, invoice.total, invoice.amount_paid) == (900, 720, 720)
    assert [each.amount for each in invoice.total_discount_amounts] == [180]
    line = invoice.lines.data[0]
    assert (line.amount, line.discount_amounts[0].amount) == (900, 180)
    assert line.discount_amounts[0].discount == invoice.discounts[0]
    assert api.subscriptions.retrieve(subscription.id).discounts == []
    assert api.coupons.retrieve(twenty.id).times_redeemed == 1
    assert api.invoices.create_preview({"subscription": subscription.id}).total == 900


def test_a_lasting_coupon_lowers_every_invoice(
    api: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    off = coupon(duration="forever", amount_off=250, currency="eur")
    subscription = subscribe(discounts=[{"coupon": off.id}])
    discount = subscription.discounts[0]
    assert (discount.source.coupon, discount.subscription, discount.end) == (off.id, subscription.id, None)
    assert subscription.latest_invoice.total == 650
    upcoming = api.invoices.create_preview({"subscription": subscription.id, "expand": ["discounts"]})
    assert (upcoming.total, upcoming.discounts[0].id) == (650, discount.id)
    without = api.invoices.create_preview({"subscription": subscription.id, "discounts": ""})
    assert without.total == 900


def test_a_discount_is_taken_off_again(
    api: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    subscription = subscribe(discounts=[{"coupon": coupon(duration="forever").id}])
    gone = api.subscriptions.delete_discount(subscription.id)
    assert (gone.id, gone.deleted) == (subscription.discounts[0].id, True)
    assert api.subscriptions.retrieve(subscription.id).discounts == []
    assert api.invoices.create_preview({"subscription": subscription.id}).total == 900
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.delete_discount(subscription.id)
    assert refused.value.http_status == 404


def test_a_running_subscription_takes_a_discount(
    api: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    subscription = subscribe()
    half = coupon(percent_off=50, duration="repeating", duration_in_months=3)
    changed = api.subscriptions.update(
        subscription.id, {"discounts": [{"coupon": half.id}], "expand": ["discounts"]}
    )
    months = changed.discounts[0].end - changed.discounts[0].start
    assert 89 * DAY <= months <= 92 * DAY
    assert api.invoices.create_preview({"subscription": subscription.id}).total == 450
    events = api.events.list({"type": "customer.discount.created", "limit": 100}).data
    assert changed.discounts[0].id in [event.data.object.id for event in events]


def test_a_discount_swapped_for_another_is_told_as_a_change(
    api: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    subscription = subscribe(discounts=[{"coupon": coupon(duration="forever").id}])
    half = coupon(percent_off=50, duration="forever")
    api.subscriptions.update(subscription.id, {"discounts": [{"coupon": half.id}]})
    event = api.events.list({"type": "customer.discount.updated", "limit": 1}).data[0]
    assert event.data.object.source.coupon == half.id
    assert event.data.previous_attributes.id == subscription.discounts[0].id
    assert api.invoices.create_preview({"subscription": subscription.id}).total == 450


def test_a_coupon_for_one_product_leaves_the_others(
    api: Any, monthly: Any, coupon: Callable[..., Any], new_customer: Callable[..., Any]
) -> None:
    print_edition = api.products.create({"name": "Print"}).id
    recurring = {"interval": "month"}
    paper = api.prices.create(
        {"product": print_edition, "currency": "eur", "unit_amount": 1500, "recurring": recurring}
    )
    off = coupon(percent_off=10, applies_to={"products": [print_edition]})
    items = [{"price": monthly.id}, {"price": paper.id}]
    params = {"customer": new_customer().id, "subscription_details": {"items": items}}
    shown = api.invoices.create_preview(params | {"discounts": [{"coupon": off.id}]})
    assert [[each.amount for each in line.discount_amounts] for line in shown.lines.data] == [[], [150]]
    expanded = api.coupons.retrieve(off.id, {"expand": ["applies_to"]})
    assert expanded.applies_to.products == [print_edition]


def test_credit_for_unused_time_is_what_was_paid(
    api: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    subscription = subscribe(discounts=[{"coupon": coupon(percent_off=100).id}])
    item = subscription["items"].data[0]
    details = {"items": [{"id": item.id, "quantity": 2}], "proration_date": item.current_period_start}
    shown = api.invoices.create_preview({"subscription": subscription.id, "subscription_details": details})
    assert [line.amount for line in shown.lines.data] == [0, 1800, 1800]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "exactly one of percent_off or amount_off"),
        ({"percent_off": 10, "amount_off": 100, "currency": "eur"}, "exactly one of"),
        ({"percent_off": 101}, "must be greater than 0"),
        ({"percent_off": "ten"}, "Invalid decimal"),
        ({"amount_off": 100}, "Missing required param: currency"),
        ({"percent_off": 10, "duration": "repeating"}, "duration_in_months"),
        ({"percent_off": 10, "redeem_by": 1}, "must be in the future"),
    ],
)
def test_coupons_that_make_no_sense_are_refused(api: Any, params: dict[str, Any], said: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=said):
        api.coupons.create(params)


def test_a_coupon_can_be_used_up(api: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]) -> None:
    rare = coupon(max_redemptions=1)
    subscribe(discounts=[{"coupon": rare.id}])
    assert api.coupons.retrieve(rare.id).valid is False
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(discounts=[{"coupon": rare.id}])
    assert refused.value.code == "coupon_expired"


def test_a_deleted_coupon_goes_on_for_those_who_have_it(
    api: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    lasting = coupon(duration="forever")
    subscription = subscribe(discounts=[{"coupon": lasting.id}])
    assert api.coupons.delete(lasting.id).deleted is True
    assert api.invoices.create_preview({"subscription": subscription.id}).total == 720
    with pytest.raises(stripe.InvalidRequestError):
        api.coupons.retrieve(lasting.id)


def test_coupons_and_codes_are_kept_listed_and_changed(
    api: Any, coupon: Callable[..., Any], code: Callable[..., Any]
) -> None:
    named = api.coupons.update(coupon(id=word()).id, {"name": "Autumn", "metadata": {"a": "b"}})
    autumn = code(named, metadata={"c": "d"})
    assert (named.name, named.metadata.to_dict()) == ("Autumn", {"a": "b"})
    assert (autumn.promotion.coupon, autumn.active, autumn.times_redeemed) == (named.id, True, 0)
    assert named.id in [each.id for each in api.coupons.list({"limit": 100}).data]
    assert [each.id for each in api.promotion_codes.list({"code": autumn.code.lower()}).data] == [autumn.id]
    assert [each.id for each in api.promotion_codes.list({"coupon": named.id}).data] == [autumn.id]
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        code(named, code=autumn.code)
    api.promotion_codes.update(autumn.id, {"active": False})
    again = code(named, code=autumn.code)
    found = api.promotion_codes.list({"code": autumn.code, "active": True}).data
    assert [each.id for each in found] == [again.id]
    expanded = api.promotion_codes.retrieve(again.id, {"expand": ["promotion.coupon"]})
    assert expanded.promotion.coupon.name == "Autumn"


def test_a_code_is_applied_on_checkout(api: Any, monthly: Any, code: Callable[..., Any]) -> None:
    fall = code()
    buying = session(api, monthly, allow_promotion_codes=True)
    applied = visit(f"{buying.url}/order", {"promotion_code": f" {fall.code.lower()} "})
    assert (applied.status, applied.location) == (303, f"/c/pay/{buying.id}")
    seen = api.checkout.sessions.retrieve(buying.id)
    assert (seen.amount_subtotal, seen.amount_total, seen.total_details.amount_discount) == (900, 720, 180)
    assert [each.promotion_code for each in seen.discounts] == [fall.id]
    assert f"Discount: {fall.code}" in visit(buying.url).text
    assert visit(buying.url, card("4242424242424242", email="fall@example.com")).status == 303
    done = api.checkout.sessions.retrieve(buying.id, {"expand": ["invoice.discounts", "subscription"]})
    assert (done.invoice.amount_paid, done.amount_total) == (720, 720)
    discount = done.invoice.discounts[0]
    assert (discount.promotion_code, discount.checkout_session) == (fall.id, buying.id)
    assert api.promotion_codes.retrieve(fall.id).times_redeemed == 1


def test_a_second_card_pays_with_the_code_of_the_first_attempt(
    api: Any, monthly: Any, code: Callable[..., Any]
) -> None:
    only = code(max_redemptions=1)
    buying = session(api, monthly, allow_promotion_codes=True)
    visit(f"{buying.url}/order", {"promotion_code": only.code})
    assert visit(buying.url, card("4000000000000341", email="two@example.com")).status == 402
    assert visit(buying.url, card("4242424242424242", email="two@example.com")).status == 303
    done = api.checkout.sessions.retrieve(buying.id, {"expand": ["invoice"]})
    assert (done.status, done.invoice.amount_paid) == ("complete", 720)


def test_a_code_taken_by_another_meanwhile_is_taken_off(
    api: Any, monthly: Any, code: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    only = code(max_redemptions=1)
    buying = session(api, monthly, allow_promotion_codes=True)
    visit(f"{buying.url}/order", {"promotion_code": only.code})
    subscribe(discounts=[{"promotion_code": only.id}])
    late = visit(buying.url, card("4242424242424242", email="late@example.com"))
    assert (late.status, late.faults) == (422, ["This code has expired."])
    assert api.checkout.sessions.retrieve(buying.id).amount_total == 900


def test_a_discount_waits_for_the_end_of_a_trial(api: Any, monthly: Any, code: Callable[..., Any]) -> None:
    buying = session(api, monthly, allow_promotion_codes=True, subscription_data={"trial_period_days": 14})
    visit(f"{buying.url}/order", {"promotion_code": code().code})
    assert "when the trial ends" in visit(buying.url).text
    assert visit(buying.url, card("4242424242424242", email="wait@example.com")).status == 303
    done = api.checkout.sessions.retrieve(buying.id)
    assert (done.amount_total, done.payment_status) == (0, "no_payment_required")
    assert api.invoices.create_preview({"subscription": done.subscription}).total == 720


def test_a_code_can_be_removed_again(api: Any, monthly: Any, code: Callable[..., Any]) -> None:
    buying = session(api, monthly, allow_promotion_codes=True)
    visit(f"{buying.url}/order", {"promotion_code": code().code})
    visit(f"{buying.url}/order", {"remove": "1"})
    seen = api.checkout.sessions.retrieve(buying.id)
    assert (seen.amount_total, seen.discounts) == (900, [])


def test_codes_are_refused_with_a_sentence(
    api: Any, monthly: Any, code: Callable[..., Any], new_customer: Callable[..., Any], subscribe: Any
) -> None:
    customer = subscribe().customer
    first = code(restrictions={"first_time_transaction": True})
    dear = code(restrictions={"minimum_amount": 5000, "minimum_amount_currency": "eur"})
    theirs = code(customer=new_customer().id)
    off = code()
    api.promotion_codes.update(off.id, {"active": False})
    buying = session(api, monthly, allow_promotion_codes=True, customer=customer)
    said = [
        visit(f"{buying.url}/order", {"promotion_code": text}).faults
        for text in ("NEVER-HEARD", first.code, dear.code, theirs.code, off.code)
    ]
    assert said == [
        ["This code is not known here. Check its spelling."],
        ["This code is for a first purchase only."],
        ["This promotion code needs an order of at least €50.00."],
        ["This code is not for you."],
        ["This code has expired."],
    ]
    assert api.checkout.sessions.retrieve(buying.id).amount_total == 900


def test_a_page_without_codes_takes_none(api: Any, monthly: Any, code: Callable[..., Any]) -> None:
    buying = session(api, monthly)
    refused = visit(f"{buying.url}/order", {"promotion_code": code().code})
    assert (refused.status, 'name="promotion_code"' in refused.text) == (422, False)
    assert api.checkout.sessions.retrieve(buying.id).amount_total == 900


def test_a_session_may_come_with_its_discount(api: Any, monthly: Any, coupon: Callable[..., Any]) -> None:
    free = coupon(percent_off=100, duration="forever")
    buying = session(api, monthly, discounts=[{"coupon": free.id}], payment_method_collection="if_required")
    assert (buying.amount_total, buying.discounts[0].coupon) == (0, free.id)
    form = {"email": "free@example.com", "name": "Ada Vale", "country": "DE"}
    assert visit(buying.url, form).status == 303
    done = api.checkout.sessions.retrieve(buying.id, {"expand": ["subscription"]})
    assert (done.payment_status, done.subscription.status) == ("no_payment_required", "active")
    with pytest.raises(stripe.InvalidRequestError, match="only specify one of"):
        session(api, monthly, discounts=[{"coupon": free.id}], allow_promotion_codes=True)


def test_a_total_too_small_to_charge_is_refused(api: Any, monthly: Any, coupon: Callable[..., Any]) -> None:
    nearly = coupon(amount_off=860, currency="eur")
    with pytest.raises(stripe.InvalidRequestError, match=r"at least €0\.50 eur") as refused:
        session(api, monthly, discounts=[{"coupon": nearly.id}])
    assert refused.value.code == "amount_too_small"


def test_quantities_are_adjusted_on_checkout(api: Any, monthly: Any) -> None:
    adjustable = {"enabled": True, "minimum": 2, "maximum": 5}
    lines = [{"price": monthly.id, "quantity": 2, "adjustable_quantity": adjustable}]
    params = {"mode": "subscription", "line_items": lines, "success_url": "http://site.test/thanks"}
    buying = api.checkout.sessions.create(params)
    refused = visit(f"{buying.url}/order", {"quantity-0": "6"})
    assert (refused.status, refused.faults) == (422, ["Enter a number from 2 to 5."])
    visit(f"{buying.url}/order", {"quantity-0": "4"})
    visit(buying.url, card("4242424242424242", email="many@example.com"))
    done = api.checkout.sessions.retrieve(buying.id, {"expand": ["subscription", "line_items"]})
    assert (done.amount_total, done.line_items.data[0].quantity) == (3600, 4)
    assert done.subscription["items"].data[0].quantity == 4


def test_prices_are_made_on_the_spot(api: Any) -> None:
    data = {
        "currency": "jpy",
        "unit_amount": 900,
        "recurring": {"interval": "month"},
        "product_data": {"name": "Letter from Aomori"},
    }
    params = {"mode": "subscription", "success_url": "http://site.test/thanks"}
    buying = api.checkout.sessions.create(params | {"line_items": [{"price_data": data, "quantity": 3}]})
    shown = visit(buying.url)
    assert (shown.heading, "¥2,700" in shown.text) == ("Subscribe to Letter from Aomori", True)
    visit(buying.url, card("4242424242424242", email="yen@example.com"))
    done = api.checkout.sessions.retrieve(buying.id, {"expand": ["invoice"]})
    assert (done.currency, done.amount_total, done.invoice.amount_paid) == ("jpy", 2700, 2700)
    assert "¥2,700" in visit(done.invoice.hosted_invoice_url).text


def test_a_coupon_in_another_currency_is_refused(
    api: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    dollars = coupon(amount_off=100, currency="usd")
    with pytest.raises(stripe.InvalidRequestError, match="only supports `usd`"):
        subscribe(discounts=[{"coupon": dollars.id}])
    both = coupon(amount_off=100, currency="usd", currency_options={"eur": {"amount_off": 90}})
    assert subscribe(discounts=[{"coupon": both.id}]).latest_invoice.total == 810


def test_a_code_ends_when_it_said(api: Any, code: Callable[..., Any]) -> None:
    soon = code(expires_at=int(time.time()) + 1)
    assert soon.active is True
    time.sleep(1.2)
    assert api.promotion_codes.retrieve(soon.id).active is False


def test_a_repeating_coupon_lasts_its_months(work: Work) -> None:
    wallet = {
        "payment_method": "pm_card_visa",
        "invoice_settings": {"default_payment_method": "pm_card_visa"},
    }
    with work.store.transaction():
        customer = customers.create(work, wallet)["id"]
        data = {"currency": "eur", "unit_amount": 900, "recurring": {"interval": "month"}}
        price = prices.create(work, data | {"product_data": {"name": "Digital"}})["id"]
        terms = {"percent_off": 33.33, "duration": "repeating", "duration_in_months": 2}
        half = coupons.create(work, dict(terms))["id"]
        asked: Obj = {"customer": customer, "items": [{"price": price}], "discounts": [{"coupon": half}]}
        id = subscriptions.create(work, asked)["id"]
    tick(work.store, work.settings, START + 95 * DAY)
    assert [invoice["total"] for invoice in work.all("invoice")] == [900, 900, 600, 600]
    assert work.get("subscription", id)["discounts"] == []
    ended = [each for each in work.all("event") if each["type"] == "customer.discount.deleted"]
    assert len(ended) == 1


def test_a_fixed_discount_is_taken_off_prorations_once(
    api: Any, monthly: Any, coupon: Callable[..., Any], subscribe: Callable[..., Any]
) -> None:
    subscription = subscribe(
        discounts=[{"coupon": coupon(amount_off=300, currency="eur", duration="forever").id}]
    )
    item = subscription["items"].data[0]
    data = {"currency": "eur", "product": monthly.product, "unit_amount": 900}
    added = {"price_data": data | {"recurring": {"interval": "month"}}}
    details = {
        "items": [{"id": item.id, "quantity": 2}, added],
        "proration_date": item.current_period_start,
    }
    shown = api.invoices.create_preview({"subscription": subscription.id, "subscription_details": details})
    assert [line.amount for line in shown.lines.data] == [-600, 1600, 800, 1800, 900]
    assert shown.total == -600 + 2400 + 2700 - 300


def test_coupons_and_codes_are_told_of(
    api: Any, coupon: Callable[..., Any], code: Callable[..., Any]
) -> None:
    made = coupon()
    word_of_it = code(made)
    api.promotion_codes.update(word_of_it.id, {"active": False})
    api.coupons.update(made.id, {"name": "Other"})
    api.coupons.delete(made.id)
    events = api.events.list({"limit": 100}).data[::-1]
    mine = [event.type for event in events if event.data.object.id in (made.id, word_of_it.id)]
    assert mine == [
        "coupon.created",
        "promotion_code.created",
        "promotion_code.updated",
        "coupon.updated",
        "coupon.deleted",
    ]


@pytest.mark.parametrize(
    ("amounts", "coupon", "off"),
    [
        ([100, 100, 100], {"percent_off": 33.33}, [33, 34, 33]),
        ([1, 1, 1], {"percent_off": 50}, [1, 0, 1]),
        ([1000, 500], {"amount_off": 100, "currency": "eur", "percent_off": None}, [67, 33]),
        ([30, 20], {"amount_off": 100, "currency": "eur", "percent_off": None}, [30, 20]),
        ([-500, 500], {"percent_off": 10}, [0, 50]),
    ],
)
def test_discounts_are_shared_out_without_losing_a_cent(
    amounts: list[int], coupon: Obj, off: list[int]
) -> None:
    assert taken_off([Part("prod", amount) for amount in amounts], coupon, "eur") == off
