"""Checkout: sessions over the API, and the page a reader pays on."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox, running_sandbox
from tests.sandbox.driving import card, client_of, visit

SUCCESS = "http://site.test/thanks?session={CHECKOUT_SESSION_ID}"


@pytest.fixture
def open_session(api: Any, monthly: Any) -> Callable[..., Any]:
    """A session for the monthly price."""

    def make(**more: Any) -> Any:
        params = {
            "mode": "subscription",
            "line_items": [{"price": monthly.id, "quantity": 1}],
            "success_url": SUCCESS,
            "cancel_url": "http://site.test/plans",
        }
        return api.checkout.sessions.create(params | more)

    return make


def buy(session: Any, number: str = "4242 4242 4242 4242", email: str = "ada@example.com") -> Any:
    return visit(session.url, card(number, email=email))


def test_paid_session_leads_to_a_subscription(api: Any, open_session: Callable[..., Any]) -> None:
    session = open_session(
        client_reference_id="reader-7",
        metadata={"plan": "digital"},
        subscription_data={"metadata": {"reader": "7"}},
        allow_promotion_codes=True,
    )
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 900)
    page = buy(session)
    assert (page.status, page.location) == (303, SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id))
    done = api.checkout.sessions.retrieve(
        session.id, {"expand": ["subscription.default_payment_method", "customer"]}
    )
    assert (done.status, done.payment_status, done.client_reference_id) == ("complete", "paid", "reader-7")
    assert (done.customer.email, done.customer_details.name) == ("ada@example.com", "Ada Vale")
    assert (done.subscription.status, done.subscription.metadata.to_dict()) == ("active", {"reader": "7"})
    assert done.subscription.default_payment_method.card.last4 == "4242"
    assert done.invoice == done.subscription.latest_invoice


def test_page_shows_what_is_bought(open_session: Callable[..., Any]) -> None:
    page = visit(open_session().url)
    assert (page.status, page.heading) == (200, "Subscribe to Digital")
    assert "€9.00 / month" in page.text
    assert "Test mode" in page.text
    assert 'href="http://site.test/plans"' in page.text


def test_known_customer_keeps_their_account(
    api: Any, open_session: Callable[..., Any], new_customer: Callable[..., Any]
) -> None:
    customer = new_customer()
    session = open_session(customer=customer.id)
    buy(session)
    assert api.checkout.sessions.retrieve(session.id).customer == customer.id
    assert len(api.subscriptions.list({"customer": customer.id}).data) == 1


def test_given_email_cannot_be_changed_on_the_page(api: Any, open_session: Callable[..., Any]) -> None:
    session = open_session(customer_email="given@example.com")
    buy(session, email="other@example.com")
    done = api.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
    assert done.customer.email == "given@example.com"


def test_trial_charges_nothing_today(api: Any, open_session: Callable[..., Any]) -> None:
    session = open_session(subscription_data={"trial_period_days": 14})
    assert "14 days free" in visit(session.url).text
    assert buy(session).status == 303
    done = api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (done.payment_status, done.amount_total, done.subscription.status) == (
        "no_payment_required",
        0,
        "trialing",
    )
    assert api.charges.list({"customer": done.customer}).data == []


def test_trial_may_go_without_a_card(api: Any, open_session: Callable[..., Any]) -> None:
    session = open_session(
        subscription_data={"trial_period_days": 14}, payment_method_collection="if_required"
    )
    assert 'name="number"' not in visit(session.url).text
    visit(session.url, {"email": "free@example.com", "name": "Free", "country": "DE"})
    assert api.checkout.sessions.retrieve(session.id).status == "complete"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"number": "4000000000000002"}, "Your card was declined."),
        ({"number": "4000000000009995"}, "Your card has insufficient funds."),
        ({"number": "4000000000000341"}, "Your card was declined."),
        ({"number": "4000000000000069"}, "Your card has expired."),
        ({"number": "4000000000000127"}, "Your card's security code is incorrect."),
        ({"number": "4242424242424241"}, "Your card number is incorrect."),
        ({"number": ""}, "Your card number is incorrect."),
        ({"expiry": "01 / 20"}, "Your card's expiration year is invalid."),
        ({"expiry": "soon"}, "Enter the expiry date as on the card, month and year: MM / YY."),
        ({"cvc": "1"}, "Your card's security code is invalid."),
    ],
)
def test_bad_card_is_explained_and_can_be_replaced(
    api: Any, open_session: Callable[..., Any], fields: dict[str, str], fault: str
) -> None:
    session = open_session()
    page = visit(session.url, card("4242424242424242", email="ada@example.com") | fields)
    assert (page.status, page.faults) == (402, [fault])
    assert 'value="ada@example.com"' in page.text
    assert api.checkout.sessions.retrieve(session.id).status == "open"
    assert buy(session).status == 303
    done = api.checkout.sessions.retrieve(session.id)
    assert [
        each.status for each in api.subscriptions.list({"customer": done.customer, "status": "all"}).data
    ] == ["active"]


def test_missing_fields_are_named(open_session: Callable[..., Any]) -> None:
    page = visit(open_session().url, {"email": "nonsense", "number": "4242424242424242"})
    assert page.status == 422
    assert page.faults == [
        "Enter your e-mail address, for instance name@example.com.",
        "Enter the name on the card.",
        "Choose your country.",
    ]


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184", "4000000000003220"])
@pytest.mark.parametrize("trial", [{}, {"trial_period_days": 7}])
def test_3d_secure_completed(
    api: Any, sandbox: Sandbox, open_session: Callable[..., Any], number: str, trial: dict[str, int]
) -> None:
    session = open_session(subscription_data=trial)
    asked = buy(session, number)
    assert asked.status == 303
    bank = f"{sandbox.stripe_url}{asked.location}"
    assert visit(bank).heading == "Is this you?"
    assert visit(bank, {"result": "complete"}).location == SUCCESS.replace(
        "{CHECKOUT_SESSION_ID}", session.id
    )
    done = api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (done.status, done.subscription.status) == ("complete", "trialing" if trial else "active")
    assert visit(bank).heading == "Nothing to confirm"


def test_3d_secure_failed_leads_back_to_the_form(
    api: Any, sandbox: Sandbox, open_session: Callable[..., Any]
) -> None:
    session = open_session()
    bank = f"{sandbox.stripe_url}{buy(session, '4000002500003155').location}"
    back = visit(bank, {"result": "fail"})
    assert back.location == f"/c/pay/{session.id}?failed=1"
    page = visit(f"{sandbox.stripe_url}{back.location}")
    assert page.faults == ["We could not authenticate your card. Please try again, or use another card."]
    assert api.checkout.sessions.retrieve(session.id).status == "open"
    assert buy(session).status == 303


def test_3d_secure_left_is_incomplete_and_can_be_taken_up_again(
    api: Any, open_session: Callable[..., Any], new_customer: Callable[..., Any]
) -> None:
    customer = new_customer()
    session = open_session(customer=customer.id)
    buy(session, "4000002760003184")
    assert [each.status for each in api.subscriptions.list({"customer": customer.id}).data] == ["incomplete"]
    buy(session)
    assert [each.status for each in api.subscriptions.list({"customer": customer.id}).data] == ["active"]


def test_completed_session_says_so_and_charges_once(
    api: Any, sandbox: Sandbox, open_session: Callable[..., Any]
) -> None:
    session = open_session()
    buy(session)
    again = visit(session.url, card("4242424242424242", email="ada@example.com"))
    assert (again.status, again.heading) == (200, "Payment completed")
    customer = api.checkout.sessions.retrieve(session.id).customer
    assert len(api.charges.list({"customer": customer}).data) == 1


def test_expired_session_says_so(api: Any, open_session: Callable[..., Any]) -> None:
    session = open_session()
    assert api.checkout.sessions.expire(session.id).status == "expired"
    page = visit(session.url)
    assert (page.status, page.heading) == (410, "This page has expired")
    assert buy(session).status == 410
    with pytest.raises(stripe.InvalidRequestError):
        api.checkout.sessions.expire(session.id)


def test_unknown_session_is_not_found(sandbox: Sandbox) -> None:
    assert visit(f"{sandbox.stripe_url}/c/pay/cs_test_missing").status == 404


def test_form_from_another_site_is_refused(api: Any, open_session: Callable[..., Any]) -> None:
    session = open_session()
    form = card("4242424242424242", email="ada@example.com")
    assert visit(session.url, form, headers={"Origin": "http://evil.test"}).status == 403
    assert api.checkout.sessions.retrieve(session.id).status == "open"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"mode": "setup"}, "mode"),
        ({"success_url": "site.test"}, "success_url"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"price": "price_missing", "quantity": 1}]}, "line_items[0][price]"),
        ({"customer": "cus_missing"}, "customer"),
        ({"expires_at": 1}, "expires_at"),
        ({"subscription_data": {"trial_period_days": 1000}}, "trial_period_days"),
    ],
)
def test_session_that_cannot_be_is_refused(
    open_session: Callable[..., Any], change: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        open_session(**change)
    assert (refused.value.http_status, refused.value.param) == (400, param)


def test_sessions_are_found_by_customer_and_state(
    api: Any, open_session: Callable[..., Any], new_customer: Callable[..., Any]
) -> None:
    customer = new_customer()
    paid, left = open_session(customer=customer.id), open_session(customer=customer.id)
    buy(paid)

    def ids(**params: str) -> list[str]:
        return [each.id for each in api.checkout.sessions.list({"customer": customer.id, **params}).data]

    assert (ids(), ids(status="open"), ids(status="complete")) == ([left.id, paid.id], [left.id], [paid.id])
    assert [line.quantity for line in api.checkout.sessions.line_items.list(left.id).data] == [1]


def test_numbers_and_codes_of_cards_are_never_kept(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    with running_sandbox(state=state) as own:
        api: Any = client_of(own).v1
        price = {"currency": "eur", "unit_amount": 900, "recurring": {"interval": "month"}}
        price_id = api.prices.create(price | {"product_data": {"name": "Digital"}}).id
        session = api.checkout.sessions.create(
            {
                "mode": "subscription",
                "success_url": SUCCESS,
                "line_items": [{"price": price_id, "quantity": 1}],
            }
        )
        for number in ("4000000000000002", "4000 0000 0000 0341", "4242424242424242"):
            buy(session, number)
        typed = {"number": "5555555555554444", "exp_month": 1, "exp_year": 2034, "cvc": "987"}
        api.payment_methods.create({"type": "card", "card": typed}, {"idempotency_key": "card"})
    with sqlite3.connect(state) as kept:
        dump = "\n".join(kept.iterdump())
    assert "4444" in dump
    for secret in (
        "4000000000000002",
        "4000000000000341",
        "0000 0341",
        "4242424242424242",
        "5555555555554444",
    ):
        assert secret not in dump
    assert '"cvc": "' not in dump
    assert '"987"' not in dump
