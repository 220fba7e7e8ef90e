"""Lists: their filters, their pages in both directions, and the filters they refuse."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.sandbox.driving import Receiver

DAY = 86_400


def ids(listed: Any) -> list[str]:
    return [each.id for each in listed.data]


@pytest.fixture
def two(api: Any, monthly: Any, yearly: Any, new_customer: Callable[..., Any]) -> tuple[str, str, str]:
    """A customer with a subscription by the month and one by the year: their ids."""
    customer = new_customer("pm_card_visa").id
    made = [
        api.subscriptions.create({"customer": customer, "items": [{"price": price.id}]}).id
        for price in (monthly, yearly)
    ]
    return (customer, *made)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["yearly", "monthly"]),
        ({"status": "active"}, ["yearly", "monthly"]),
        ({"status": "trialing"}, []),
        ({"current_period_end": {"lt": int(time.time()) + 40 * DAY}}, ["monthly"]),
        ({"current_period_end": {"gt": int(time.time()) + 40 * DAY}}, ["yearly"]),
        ({"current_period_start": {"gt": int(time.time()) + DAY}}, []),
        ({"created": {"gte": int(time.time()) - DAY}}, ["yearly", "monthly"]),
        ({"created": {"lt": int(time.time()) - DAY}}, []),
        ({"collection_method": "charge_automatically"}, ["yearly", "monthly"]),
        ({"collection_method": "send_invoice"}, []),
    ],
)
def test_subscriptions_are_filtered(
    api: Any, two: tuple[str, str, str], filters: dict[str, Any], found: list[str]
) -> None:
    customer, by_month, by_year = two
    names = {by_month: "monthly", by_year: "yearly"}
    listed = ids(api.subscriptions.list({"customer": customer, **filters}))
    assert [names[each] for each in listed] == found


def test_subscriptions_are_found_by_price(api: Any, monthly: Any, two: tuple[str, str, str]) -> None:
    customer, by_month, _ = two
    assert ids(api.subscriptions.list({"customer": customer, "price": monthly.id})) == [by_month]
    api.subscriptions.cancel(by_month)
    assert by_month not in ids(api.subscriptions.list({"customer": customer}))
    assert ids(api.subscriptions.list({"customer": customer, "status": "canceled"})) == [by_month]


def test_invoices_are_filtered(api: Any, two: tuple[str, str, str]) -> None:
    customer, by_month, by_year = two
    of_month = api.invoices.list({"customer": customer, "subscription": by_month})
    of_year = api.invoices.list({"subscription": by_year, "status": "paid"})
    assert ids(api.invoices.list({"customer": customer})) == [*ids(of_year), *ids(of_month)]
    assert ids(api.invoices.list({"customer": customer, "status": "open"})) == []
    assert ids(api.invoices.list({"customer": customer, "collection_method": "send_invoice"})) == []
    assert ids(api.invoices.list({"customer": customer, "created": {"gt": int(time.time()) + 9}})) == []


def test_events_are_found_by_their_delivery(api: Any, receiver: Receiver) -> None:
    endpoint = api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["product.created"]})
    receiver.answers = [200, 500]
    for name in ("Taken", "Refused"):
        api.products.create({"name": name})
        receiver.take("product.created")
    time.sleep(0.3)

    def found(delivered: bool) -> list[str]:
        filters = {"types": ["product.created"], "delivery_success": delivered, "limit": 2}
        return [event.data.object.name for event in api.events.list(filters).data]

    assert (found(False)[0], found(True)[0]) == ("Refused", "Taken")
    api.webhook_endpoints.delete(endpoint.id)


def test_customers_are_found_by_address(api: Any) -> None:
    made = [api.customers.create({"email": email}).id for email in ("lists@a.test", "lists@b.test")]
    assert ids(api.customers.list({"email": "lists@a.test"})) == made[:1]
    assert ids(api.customers.list({"email": "LISTS@a.test"})) == []


@pytest.mark.parametrize(
    "noun", ["subscriptions", "invoices", "events", "customers", "refunds", "disputes", "charges"]
)
def test_unknown_filters_are_refused(api: Any, noun: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        getattr(api, noun).list({"colour": "blue"})
    assert (refused.value.code, refused.value.param) == ("parameter_unknown", "colour")


def test_pages_go_both_ways(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> None:
    customer = new_customer("pm_card_visa").id
    made = [
        api.subscriptions.create({"customer": customer, "items": [{"price": monthly.id}]}).id
        for _ in range(5)
    ]
    newest = made[::-1]
    mine = {"customer": customer, "limit": 2}
    first = api.subscriptions.list(mine)
    second = api.subscriptions.list({**mine, "starting_after": newest[1]})
    last = api.subscriptions.list({**mine, "starting_after": newest[3]})
    back = api.subscriptions.list({**mine, "ending_before": newest[4]})
    assert [ids(page) for page in (first, second, last, back)] == [
        newest[:2],
        newest[2:4],
        newest[4:],
        newest[2:4],
    ]
    assert [page.has_more for page in (first, second, last, back)] == [True, True, False, True]
    assert [each.id for each in first.auto_paging_iter()] == newest
