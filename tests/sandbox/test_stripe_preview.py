"""A preview of an invoice says what the invoice will say, to the cent, and leaves nothing behind."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.stripe.billing.ticker import tick
from sandbox.stripe.resources import (
    coupons,
    customer_balances,
    customers,
    previews,
    prices,
    subscription_updates,
    subscriptions,
)
from sandbox.stripe.store import Obj, Store
from sandbox.stripe.work import Settings, Work
from tests.sandbox.driving import START

DAY = 86_400


@pytest.fixture
def subscribe(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> Callable[..., Any]:
    """Starts a subscription to the monthly price with a card that pays."""

    def start(**more: Any) -> Any:
        params = {"customer": new_customer("pm_card_visa").id, "items": [{"price": monthly.id}]}
        return api.subscriptions.create(params | more)

    return start


def preview(api: Any, subscription: Any, **details: Any) -> Any:
    params: dict[str, Any] = {"customer": subscription.customer, "subscription": subscription.id}
    return api.invoices.create_preview(params | ({"subscription_details": details} if details else {}))


def half_of(subscription: Any) -> int:
    item = subscription["items"].data[0]
    return int((item.current_period_start + item.current_period_end) // 2)


def figures(invoice: Any) -> list[Any]:
    """What must be the same in a preview and in the invoice made."""
    lines = [
        (
            line.description,
            line.amount,
            line.quantity,
            line.period.to_dict(),
            line.pricing.price_details.price,
            line.parent.subscription_item_details.proration,
        )
        for line in invoice.lines.data
    ]
    return [lines, invoice.subtotal, invoice.total, invoice.amount_due, invoice.starting_balance]


def price(api: Any, like: Any, amount: int, interval: str = "month") -> Any:
    recurring = {"interval": interval}
    params = {"product": like.product, "currency": "eur", "unit_amount": amount, "recurring": recurring}
    return api.prices.create(params)


def test_the_next_renewal_can_be_seen_ahead(api: Any, monthly: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    upcoming = preview(api, subscription)
    end = subscription["items"].data[0].current_period_end
    assert upcoming.id.startswith("upcoming_in_")
    assert (upcoming.billing_reason, upcoming.status, upcoming.number) == ("upcoming", "draft", None)
    assert (upcoming.total, upcoming.created, upcoming.lines.data[0].period.start) == (900, end, end)


@pytest.mark.parametrize(
    ("amount", "quantity", "interval"),
    [(2000, 1, "month"), (900, 3, "month"), (400, 1, "month"), (9000, 1, "year"), (299, 2, "week")],
)
def test_an_invoice_made_at_once_is_the_one_previewed(
    api: Any, monthly: Any, subscribe: Callable[..., Any], amount: int, quantity: int, interval: str
) -> None:
    subscription = subscribe()
    new = price(api, monthly, amount, interval)
    change = {
        "items": [{"id": subscription["items"].data[0].id, "price": new.id, "quantity": quantity}],
        "proration_behavior": "always_invoice",
        "proration_date": half_of(subscription) if interval == "month" else subscription.created,
    }
    expected = preview(api, subscription, **change)
    changed = api.subscriptions.update(subscription.id, {**change, "expand": ["latest_invoice"]})
    assert changed.latest_invoice.billing_reason == "subscription_update"
    shown = [(line[1], line[2], line[4], line[5]) for line in figures(expected)[0]]
    made = [(line[1], line[2], line[4], line[5]) for line in figures(changed.latest_invoice)[0]]
    assert shown == made
    assert figures(expected)[1:] == figures(changed.latest_invoice)[1:]


def test_half_a_period_is_half_the_price(api: Any, monthly: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    change = {
        "items": [{"id": subscription["items"].data[0].id, "price": price(api, monthly, 2100).id}],
        "proration_date": half_of(subscription),
    }
    lines = preview(api, subscription, **change).lines.data
    assert [(line.amount, line.parent.subscription_item_details.proration) for line in lines] == [
        (-450, True),
        (1050, True),
        (2100, False),
    ]
    credited = lines[0].parent.subscription_item_details.proration_details.credited_items
    assert credited.invoice == subscription.latest_invoice
    first = api.invoices.retrieve(subscription.latest_invoice)
    assert credited.invoice_line_items == [first.lines.data[0].id]


def test_a_preview_leaves_nothing_behind(api: Any, monthly: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    newest = api.events.list({"limit": 1}).data[0].id
    item = {"id": subscription["items"].data[0].id, "quantity": 5}
    shown = preview(api, subscription, items=[item], proration_behavior="always_invoice")
    with pytest.raises(stripe.InvalidRequestError):
        api.invoices.retrieve(shown.id)
    again = api.subscriptions.retrieve(subscription.id)
    assert again.to_dict() == subscription.to_dict()
    assert api.events.list({"limit": 1}).data[0].id == newest
    assert api.invoice_items.list({"customer": subscription.customer}).data == []


def test_added_and_removed_items_are_prorated(api: Any, monthly: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    old = subscription["items"].data[0]
    data = {"currency": "eur", "product": monthly.product, "unit_amount": 500}
    added = {"price_data": data | {"recurring": {"interval": "month"}}, "quantity": 2}
    change = {
        "items": [{"id": old.id, "deleted": True}, added],
        "proration_behavior": "always_invoice",
        "proration_date": half_of(subscription),
    }
    shown = preview(api, subscription, **change)
    changed = api.subscriptions.update(subscription.id, {**change, "expand": ["latest_invoice"]})
    assert [line.amount for line in shown.lines.data] == [-450, 500]
    assert [line.amount for line in changed.latest_invoice.lines.data] == [-450, 500]
    assert [(item.price.unit_amount, item.quantity) for item in changed["items"].data] == [(500, 2)]
    assert changed["items"].data[0].price.active is False


def test_the_last_item_cannot_be_removed(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    items = [{"id": subscription["items"].data[0].id, "deleted": True}]
    with pytest.raises(stripe.InvalidRequestError, match="must have at least one active price"):
        api.subscriptions.update(subscription.id, {"items": items})


def test_without_proration_only_the_next_period_counts(
    api: Any, monthly: Any, subscribe: Callable[..., Any]
) -> None:
    subscription = subscribe()
    item = {"id": subscription["items"].data[0].id, "price": price(api, monthly, 2000).id}
    shown = preview(api, subscription, items=[item], proration_behavior="none")
    assert [line.amount for line in shown.lines.data] == [2000]


def test_recurring_mode_leaves_prorations_out(api: Any, monthly: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    item = {"id": subscription["items"].data[0].id, "price": price(api, monthly, 2000).id}
    params = {
        "subscription": subscription.id,
        "preview_mode": "recurring",
        "subscription_details": {"items": [item], "proration_behavior": "always_invoice"},
    }
    assert [line.amount for line in api.invoices.create_preview(params).lines.data] == [2000]


def test_cancelling_now_credits_what_is_unused(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    shown = preview(api, subscription, cancel_now=True)
    assert -900 <= shown.total <= -899
    assert (shown.amount_due, shown.ending_balance) == (0, shown.total)


def test_a_subscription_that_ends_has_no_upcoming_invoice(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe(cancel_at_period_end=True)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        preview(api, subscription)
    assert (refused.value.http_status, refused.value.code) == (404, "invoice_upcoming_none")
    assert preview(api, subscription, cancel_at_period_end=False).total == 900


def test_the_end_of_a_trial_can_be_previewed(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe(trial_period_days=14)
    later = preview(api, subscription)
    assert (later.total, later.created) == (900, subscription.trial_end)
    now = preview(api, subscription, trial_end="now")
    ended = api.subscriptions.update(subscription.id, {"trial_end": "now", "expand": ["latest_invoice"]})
    assert (now.total, ended.latest_invoice.total) == (900, 900)


def test_a_new_subscription_can_be_previewed(
    api: Any, monthly: Any, new_customer: Callable[..., Any]
) -> None:
    customer = new_customer().id
    details = {"items": [{"price": monthly.id, "quantity": 3}]}
    shown = api.invoices.create_preview({"customer": customer, "subscription_details": details})
    assert (shown.total, api.subscriptions.list({"customer": customer}).data) == (2700, [])
    with pytest.raises(stripe.InvalidRequestError, match="No upcoming invoices for customer"):
        api.invoices.create_preview({"customer": customer})


def test_proration_date_must_lie_within_the_period(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    item = {"id": subscription["items"].data[0].id, "quantity": 2}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        preview(api, subscription, items=[item], proration_date=subscription.created - 1)
    assert refused.value.param == "proration_date"


def test_from_free_to_paid_a_new_period_starts(
    api: Any, monthly: Any, new_customer: Callable[..., Any]
) -> None:
    free = price(api, monthly, 0)
    customer = new_customer("pm_card_visa").id
    subscription = api.subscriptions.create({"customer": customer, "items": [{"price": free.id}]})
    change = {"items": [{"id": subscription["items"].data[0].id, "price": monthly.id}]}
    shown = preview(api, subscription, **change)
    changed = api.subscriptions.update(subscription.id, {**change, "expand": ["latest_invoice"]})
    assert (shown.amount_due, changed.latest_invoice.amount_paid) == (900, 900)


def test_what_waits_is_settled_when_a_subscription_ends(work: Work) -> None:
    wallet = {
        "payment_method": "pm_card_visa",
        "invoice_settings": {"default_payment_method": "pm_card_visa"},
    }
    with work.store.transaction():
        customer = customers.create(work, wallet)["id"]
        items = [{"price": make_price(work, 900, "month")["id"]}]
        id = subscriptions.create(work, {"customer": customer, "items": items})["id"]
        item = work.get("subscription", id)["items"]["data"][0]
        change = {"items": [{"id": item["id"], "quantity": 2}], "cancel_at_period_end": True}
        shown = previews.create(work, {"subscription": id, "subscription_details": dict(change)})
        subscription_updates.update(work, change, id)
    tick(work.store, work.settings, START + 32 * DAY)
    made = work.all("invoice")[0]
    assert (shown["total"], made["total"], made["status"]) == (900, 900, "paid")
    assert work.get("subscription", id)["status"] == "canceled"


def make_price(work: Work, amount: int, interval: str) -> Obj:
    recurring = {"interval": interval}
    product = {"name": "Digital"}
    data = {"currency": "eur", "unit_amount": amount, "recurring": recurring, "product_data": product}
    return prices.create(work, data)


def shown_of(invoice: Obj) -> Obj:
    """The preview and the invoice without what cannot be the same: ids, states, and when it was made."""
    lines = [
        {
            key: line[key]
            for key in ("amount", "description", "period", "pricing", "quantity", "taxes", "subtotal")
        }
        | {"discounted": [each["amount"] for each in line["discount_amounts"]]}
        for line in invoice["lines"]["data"]
    ]
    same = ("subtotal", "total", "total_excluding_tax", "starting_balance", "period_start", "period_end")
    return {key: invoice[key] for key in same} | {
        "due": invoice["amount_paid"] or invoice["amount_due"],
        "lines": lines,
        "discounted": [each["amount"] for each in invoice["total_discount_amounts"]],
    }


CHANGES = st.fixed_dictionaries(
    {
        "amount": st.integers(0, 20_000),
        "quantity": st.integers(1, 12),
        "interval": st.sampled_from(["week", "month", "year"]),
        "second": st.integers(0, 27 * DAY),
        "proration": st.sampled_from(["none", "create_prorations", "always_invoice"]),
        "adds": st.booleans(),
        "anchor": st.sampled_from(["now", "unchanged"]),
    }
)


COUPONS = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {
            "percent_off": st.sampled_from([5.5, 33.33, 50.0, 100.0]),
            "duration": st.sampled_from(["once", "forever"]),
        }
    ),
    st.fixed_dictionaries(
        {"amount_off": st.integers(1, 3000), "currency": st.just("eur"), "duration": st.just("forever")}
    ),
    st.fixed_dictionaries(
        {
            "percent_off": st.just(20.0),
            "duration": st.just("repeating"),
            "duration_in_months": st.integers(1, 3),
        }
    ),
)
STARTS = st.fixed_dictionaries(
    {
        "amount": st.integers(100, 20_000),
        "coupon": COUPONS,
        "country": st.sampled_from([None, "DE", "FI", "US"]),
        "balance": st.sampled_from([0, -2500, 700]),
    }
)


@settings(max_examples=80, deadline=None)
@given(start=STARTS, changes=st.lists(CHANGES, min_size=1, max_size=3))
def test_a_preview_is_the_invoice_that_is_made(start: Obj, changes: list[Obj]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "state.sqlite3")
        _preview_and_make(Work(store, Settings("http://sandbox.test"), START), start, changes)
        store.close()


def _preview_and_make(work: Work, start: Obj, changes: list[Obj]) -> None:
    params: Obj = {
        "payment_method": "pm_card_visa",
        "invoice_settings": {"default_payment_method": "pm_card_visa"},
    }
    if start["country"]:
        params["address"] = {"country": start["country"]}
    with work.store.transaction():
        customer = customers.create(work, params)["id"]
        if start["balance"]:
            given = {"amount": start["balance"], "currency": "eur"}
            customer_balances.create(work, given, customer)
        asked: Obj = {
            "items": [{"price": make_price(work, start["amount"], "month")["id"]}],
            "automatic_tax": {"enabled": start["country"] is not None},
        }
        if start["coupon"]:
            asked["discounts"] = [{"coupon": coupons.create(work, dict(start["coupon"]))["id"]}]
        details = {"subscription_details": {"items": asked["items"]}}
        more = {key: value for key, value in asked.items() if key != "items"}
        shown = previews.create(work, {"customer": customer, **details, **more})
        id = subscriptions.create(work, {"customer": customer, **asked})["id"]
        assert shown_of(shown) == shown_of(work.all("invoice")[0])
    for change in changes:
        work = _change_as_previewed(work, customer, id, change)


def _change_as_previewed(work: Work, customer: str, id: str, change: Obj) -> Work:
    items = work.get("subscription", id)["items"]["data"]
    start, end = items[0]["current_period_start"], items[0]["current_period_end"]
    work = work.at(max(work.now, start) + change["second"] % (end - max(work.now, start)))
    with work.store.transaction():
        price = make_price(work, change["amount"], change["interval"])["id"]
        others = [{"id": item["id"], "deleted": True} for item in items]
        kept = {"id": items[0]["id"], "price": price, "quantity": change["quantity"]}
        asked: Obj = {
            "items": [*others, {"price": price, "quantity": change["quantity"]}]
            if change["adds"]
            else [kept, *others[1:]],
            "billing_cycle_anchor": {"type": change["anchor"]},
            "proration_behavior": change["proration"],
            "proration_date": work.now,
        }
        params = {"customer": customer, "subscription": id, "subscription_details": asked}
        shown = previews.create(work, params)
        count = len(work.all("invoice"))
        subscription_updates.update(work, asked, id)
    if len(work.all("invoice")) == count:
        renewal = int(shown["created"])
        tick(work.store, work.settings, renewal + 2 * 3600)
        work = work.at(renewal + 2 * 3600)
    made = work.all("invoice")[0]
    assert len(work.all("invoice")) == count + 1
    assert shown_of(shown) == shown_of(made)
    return work
