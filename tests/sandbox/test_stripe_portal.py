"""The Customer Portal and the invoice pages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox
from tests.sandbox.driving import card, visit


@pytest.fixture
def reader(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> Any:
    """A customer with a running subscription."""
    customer = new_customer("pm_card_visa")
    api.subscriptions.create({"customer": customer.id, "items": [{"price": monthly.id}]})
    return customer


def portal(api: Any, customer: Any, **more: Any) -> str:
    params = {"customer": customer.id, "return_url": "http://site.test/account"}
    return str(api.billing_portal.sessions.create(params | more).url)


def subscription_of(api: Any, customer: Any) -> Any:
    return api.subscriptions.list({"customer": customer.id, "status": "all"}).data[0]


def test_overview_shows_plan_card_and_invoices(api: Any, reader: Any) -> None:
    page = visit(portal(api, reader))
    invoice = api.invoices.list({"customer": reader.id}).data[0]
    assert (page.status, page.heading) == (200, "Your subscription")
    assert "Visa ending in 4242" in page.text
    assert "Next charge: €9.00" in page.text
    assert invoice.number in page.text
    assert 'href="http://site.test/account"' in page.text


def test_cancel_asks_then_cancels_then_resumes(api: Any, reader: Any) -> None:
    home = portal(api, reader)
    assert visit(f"{home}/cancel").heading == "Cancel Digital?"
    assert subscription_of(api, reader).cancel_at_period_end is False
    done = visit(f"{home}/cancel", {"subscription": subscription_of(api, reader).id})
    assert (done.status, done.location) == (303, home[home.index("/p/") :] + "?done=cancel")
    stopped = subscription_of(api, reader)
    assert (stopped.cancel_at_period_end, stopped.status) == (True, "active")
    assert "You will not be charged again." in visit(home).text
    visit(f"{home}/resume", {"subscription": stopped.id})
    assert subscription_of(api, reader).cancel_at_period_end is False
    last = api.events.list({"type": "customer.subscription.updated", "limit": 1}).data[0]
    assert last.data.previous_attributes["cancel_at_period_end"] is True


def test_plan_changes_to_any_offered_price(api: Any, reader: Any, yearly: Any) -> None:
    home = portal(api, reader)
    assert f'value="{yearly.id}"' in visit(f"{home}/plan").text
    assert visit(f"{home}/plan", {"price": yearly.id}).status == 303
    assert subscription_of(api, reader)["items"].data[0].price.id == yearly.id


def test_plan_that_is_not_offered_changes_nothing(api: Any, reader: Any, monthly: Any) -> None:
    retired = api.prices.create(
        {
            "product": monthly.product,
            "currency": "eur",
            "unit_amount": 1,
            "active": False,
            "recurring": {"interval": "month"},
        }
    )
    assert visit(f"{portal(api, reader)}/plan", {"price": retired.id}).status == 200
    assert subscription_of(api, reader)["items"].data[0].price.id == monthly.id


def test_new_card_pays_from_now_on(api: Any, reader: Any) -> None:
    home = portal(api, reader)
    refused = visit(f"{home}/card", card("4000000000000002"))
    assert (refused.status, refused.faults) == (402, ["Your card was declined."])
    assert visit(f"{home}/card", card("5555555555554444")).status == 303
    method = subscription_of(api, reader).default_payment_method
    assert api.payment_methods.retrieve(method).card.last4 == "4444"
    assert api.customers.retrieve(reader.id).invoice_settings.default_payment_method == method


def test_new_card_with_3d_secure(api: Any, sandbox: Sandbox, reader: Any) -> None:
    home = portal(api, reader)
    asked = visit(f"{home}/card", card("4000002500003155"))
    assert subscription_of(api, reader).default_payment_method is None
    visit(f"{sandbox.stripe_url}{asked.location}", {"result": "complete"})
    method = subscription_of(api, reader).default_payment_method
    assert api.payment_methods.retrieve(method).card.last4 == "3155"


def test_nobody_reaches_anothers_subscription(
    api: Any, monthly: Any, reader: Any, new_customer: Callable[..., Any]
) -> None:
    other = new_customer("pm_card_visa")
    foreign = api.subscriptions.create({"customer": other.id, "items": [{"price": monthly.id}]})
    home = portal(api, reader)
    for deed in ("cancel", "resume", "plan"):
        assert visit(f"{home}/{deed}", {"subscription": foreign.id}).status == 404
    assert api.subscriptions.retrieve(foreign.id).cancel_at_period_end is False
    assert foreign.id not in visit(home).text


def test_flow_opens_the_task(api: Any, reader: Any) -> None:
    id = subscription_of(api, reader).id
    cancel = {"type": "subscription_cancel", "subscription_cancel": {"subscription": id}}
    assert visit(portal(api, reader, flow_data=cancel)).heading == "Cancel Digital?"
    assert visit(portal(api, reader, flow_data={"type": "payment_method_update"})).heading == "Change card"


def test_a_task_that_is_done_leads_where_the_caller_wished(sandbox: Sandbox, api: Any, reader: Any) -> None:
    done = {"type": "redirect", "redirect": {"return_url": "http://site.test/account/returned"}}
    flow = {"type": "payment_method_update", "after_completion": done}
    for number in ("5555555555554444", "4000002500003155"):
        page = visit(portal(api, reader, flow_data=flow), card(number))
        if page.location and "/authenticate/" in page.location:
            page = visit(sandbox.stripe_url + page.location, {"result": "complete"})
        assert page.location == "http://site.test/account/returned"
    assert subscription_of(api, reader).default_payment_method


def test_a_wish_for_nowhere_is_an_error(api: Any, reader: Any) -> None:
    flow = {"type": "payment_method_update", "after_completion": {"type": "redirect"}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        portal(api, reader, flow_data=flow)
    assert refused.value.param == "flow_data[after_completion][redirect]"


def test_unknown_visit_is_not_found(sandbox: Sandbox) -> None:
    assert visit(f"{sandbox.stripe_url}/p/session/bps_missing").status == 404


def test_portal_needs_a_customer(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.billing_portal.sessions.create({"customer": "cus_missing"})
    assert (refused.value.http_status, refused.value.param) == (400, "customer")


@pytest.fixture
def owed(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> Any:
    """An open invoice whose saved card is declined."""
    customer = new_customer("pm_card_chargeCustomerFail")
    params = {"customer": customer.id, "items": [{"price": monthly.id}], "expand": ["latest_invoice"]}
    return api.subscriptions.create(params).latest_invoice


def test_open_invoice_is_paid_with_another_card(api: Any, owed: Any) -> None:
    page = visit(owed.hosted_invoice_url)
    assert page.heading == f"Invoice {owed.number}"
    declined = visit(owed.hosted_invoice_url, {"card": "saved"})
    assert (declined.status, declined.faults) == (402, ["Your card was declined."])
    assert visit(owed.hosted_invoice_url, card("4242424242424242")).status == 303
    paid = api.invoices.retrieve(owed.id)
    assert (paid.status, api.subscriptions.list({"customer": owed.customer}).data[0].status) == (
        "paid",
        "active",
    )
    assert "<form" not in visit(owed.hosted_invoice_url).text


def test_open_invoice_is_paid_with_3d_secure(api: Any, sandbox: Sandbox, owed: Any) -> None:
    bank = f"{sandbox.stripe_url}{visit(owed.hosted_invoice_url, card('4000002760003184')).location}"
    assert visit(bank, {"result": "fail"}).location == f"{owed.hosted_invoice_url}?failed=1"
    again = visit(owed.hosted_invoice_url, card("4000002760003184")).location
    assert visit(f"{sandbox.stripe_url}{again}", {"result": "complete"}).location == owed.hosted_invoice_url
    assert api.invoices.retrieve(owed.id).status == "paid"


def test_api_intent_leads_to_the_bank(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> None:
    customer = new_customer("pm_card_threeDSecure2Required")
    expand = ["latest_invoice.payments.data.payment.payment_intent"]
    subscription = api.subscriptions.create(
        {"customer": customer.id, "items": [{"price": monthly.id}], "expand": expand}
    )
    intent = subscription.latest_invoice.payments.data[0].payment.payment_intent
    visit(intent.next_action.redirect_to_url.url, {"result": "complete"})
    assert api.subscriptions.retrieve(subscription.id).status == "active"


def test_receipt_leads_to_the_invoice(api: Any, reader: Any) -> None:
    charge = api.charges.list({"customer": reader.id}).data[0]
    invoice = api.invoices.list({"customer": reader.id}).data[0]
    assert visit(charge.receipt_url).location == invoice.hosted_invoice_url


def test_overview_of_the_server(api: Any, sandbox: Sandbox, reader: Any) -> None:
    page = visit(sandbox.stripe_url)
    assert (page.status, page.heading) == (200, "Stripe, in a sandbox")
    assert "4000000000009995" in page.text
    assert re.search(rf'href="/objects/{reader.id}"', page.text)
    assert visit(f"{sandbox.stripe_url}/objects/{reader.id}").heading == "customer"
    assert visit(f"{sandbox.stripe_url}/objects/cus_missing").status == 404


def test_pages_load_nothing_from_elsewhere_and_need_no_script(
    api: Any, sandbox: Sandbox, reader: Any
) -> None:
    for url in (sandbox.stripe_url, portal(api, reader)):
        text = visit(url).text
        assert "<script" not in text
        assert re.findall(r'(?:src|<link[^>]*href)="([^"]*)"', text) == [
            "/assets/sandbox.css",
            "/assets/icon.svg",
        ]
