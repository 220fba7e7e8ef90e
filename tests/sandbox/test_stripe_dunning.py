"""Payments that fail: retries, hard declines, other cards and 3D Secure, over the API and by a test clock."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox, running_sandbox
from tests.sandbox.driving import START, card, client_of, visit
from tests.sandbox.lives import DAY, HOUR, RENEWAL, Life, begin, body_of, control


@pytest.fixture
def life(api: Any, sandbox: Sandbox, monthly: Any) -> Life:
    return begin(api, sandbox, monthly)


def test_soft_decline_is_retried_and_told_once_each(life: Life) -> None:
    life.turn("insufficient_funds")
    life.pass_until(RENEWAL)
    invoice = life.invoice
    assert (life.status, invoice.status, invoice.attempted, invoice.attempt_count) == (
        "past_due",
        "open",
        True,
        1,
    )
    assert (invoice.auto_advance, invoice.next_payment_attempt) == (True, START + RENEWAL + DAY)
    told = ("charge.failed", "payment_intent.payment_failed", "invoice.payment_failed")
    assert sorted(life.told(*told, "invoice.payment_action_required")) == sorted(told)


def test_failed_charge_says_why(life: Life) -> None:
    life.turn("lost_card")
    life.pass_until(RENEWAL)
    charge = life.api.charges.list({"customer": life.customer}).data[0]
    outcome = charge.outcome
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, "card_declined")
    assert (outcome.type, outcome.reason, outcome.advice_code) == (
        "issuer_declined",
        "lost_card",
        "do_not_try_again",
    )
    error = life.intent.last_payment_error
    assert (life.intent.status, life.intent.latest_charge) == ("requires_payment_method", charge.id)
    assert (error.code, error.decline_code, error.advice_code, error.charge, error.payment_method.id) == (
        "card_declined",
        "lost_card",
        "do_not_try_again",
        charge.id,
        life.card,
    )


@pytest.mark.parametrize("behaviour", ["lost_card", "stolen_card"])
def test_hard_decline_is_not_tried_again(life: Life, behaviour: str) -> None:
    life.turn(behaviour)
    life.pass_until(RENEWAL)
    assert (life.status, life.invoice.next_payment_attempt) == ("past_due", None)
    life.turn("success")
    life.pass_until(RENEWAL + 13 * DAY)
    assert (life.status, life.invoice.attempt_count) == ("past_due", 1)
    assert life.told("charge.failed", "invoice.payment_failed") == ["charge.failed", "invoice.payment_failed"]
    life.pass_until(RENEWAL + 14 * DAY)
    assert (life.status, life.invoice.status, life.invoice.auto_advance) == ("canceled", "open", False)
    assert life.told("customer.subscription.deleted") == ["customer.subscription.deleted"]


@pytest.mark.parametrize("where", ["customer", "subscription"])
def test_another_card_made_default_pays_at_the_next_retry(life: Life, where: str) -> None:
    life.turn("lost_card")
    life.pass_until(RENEWAL)
    another = life.add_card()
    assert life.next_attempt() is None
    if where == "customer":
        change = {"invoice_settings": {"default_payment_method": another}}
        life.api.customers.update(life.customer, change)
    else:
        life.api.subscriptions.update(life.id, {"default_payment_method": another})
    assert life.next_attempt() == START + RENEWAL + DAY
    life.pass_until(RENEWAL + DAY)
    assert (life.status, life.invoice.status, life.invoice.attempt_count) == ("active", "paid", 2)
    assert life.intent.payment_method == another


def test_another_card_given_in_the_portal_pays_at_the_next_retry(life: Life) -> None:
    life.turn("stolen_card")
    life.pass_until(RENEWAL)
    portal = life.api.billing_portal.sessions.create({"customer": life.customer})
    assert visit(f"{portal.url}/card", card("5555555555554444")).status == 303
    assert life.next_attempt() == START + RENEWAL + DAY
    life.pass_until(RENEWAL + DAY)
    assert (life.status, life.intent.last_payment_error) == ("active", None)


def test_customer_deleted_while_payment_is_late(life: Life) -> None:
    life.turn("insufficient_funds")
    life.pass_until(RENEWAL)
    life.api.customers.delete(life.customer)
    life.pass_until(RENEWAL + 30 * DAY)
    assert (life.status, life.invoice.status, life.invoice.attempt_count) == ("canceled", "open", 1)
    assert life.told("charge.failed", "customer.subscription.deleted") == [
        "charge.failed",
        "customer.subscription.deleted",
    ]


def test_failed_card_of_the_subscription_goes_before_the_customers(life: Life) -> None:
    life.api.subscriptions.update(life.id, {"default_payment_method": life.card})
    life.turn("lost_card")
    life.pass_until(RENEWAL)
    change = {"invoice_settings": {"default_payment_method": life.add_card()}}
    life.api.customers.update(life.customer, change)
    assert life.next_attempt() is None
    life.pass_until(RENEWAL + DAY)
    assert life.status == "past_due"


def test_detached_card_leaves_nothing_to_try(life: Life) -> None:
    life.api.payment_methods.detach(life.card)
    life.pass_until(RENEWAL)
    assert (life.status, life.invoice.next_payment_attempt) == ("past_due", None)
    assert life.told("charge.failed", "invoice.payment_failed") == ["invoice.payment_failed"]
    with pytest.raises(stripe.InvalidRequestError):
        life.api.payment_methods.attach(life.card, {"customer": life.customer})
    change = {"invoice_settings": {"default_payment_method": life.add_card()}}
    life.api.customers.update(life.customer, change)
    life.pass_until(RENEWAL + DAY)
    assert life.status == "active"


def test_paying_by_hand_neither_counts_nor_moves_the_retries(life: Life) -> None:
    life.turn("insufficient_funds")
    life.pass_until(RENEWAL + HOUR)
    with pytest.raises(stripe.CardError) as declined:
        life.api.invoices.pay(life.invoice.id)
    assert body_of(declined)["decline_code"] == "insufficient_funds"
    assert (life.invoice.attempt_count, life.invoice.next_payment_attempt) == (1, START + RENEWAL + DAY)
    paid = life.api.invoices.pay(life.invoice.id, {"payment_method": life.add_card()})
    assert (paid.status, paid.next_payment_attempt, life.status) == ("paid", None, "active")
    assert paid.status_transitions.paid_at == START + RENEWAL + HOUR
    life.pass_until(RENEWAL + 2 * DAY)
    assert len(life.api.charges.list({"customer": life.customer}).data) == 4


def test_paid_out_of_band_gives_the_payment_up(life: Life) -> None:
    life.turn("insufficient_funds")
    life.pass_until(RENEWAL)
    paid = life.api.invoices.pay(life.invoice.id, {"paid_out_of_band": True})
    assert (paid.status, life.status, life.intent.status) == ("paid", "active", "canceled")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        life.api.payment_intents.confirm(life.intent.id, {"payment_method": life.add_card()})
    assert refused.value.code == "payment_intent_unexpected_state"


def test_renewal_that_asks_for_3d_secure_waits_for_its_owner(life: Life) -> None:
    life.turn("authenticate_always")
    life.pass_until(RENEWAL)
    assert (life.status, life.intent.status, life.invoice.next_payment_attempt) == (
        "past_due",
        "requires_action",
        None,
    )
    assert life.told("invoice.payment_action_required", "invoice.payment_failed", "charge.failed") == [
        "invoice.payment_action_required"
    ]
    status, intent = control(life.sandbox, f"intents/{life.intent.id}", result="pass")
    assert (status, intent["status"], life.status, life.invoice.status) == (
        200,
        "succeeded",
        "active",
        "paid",
    )


def test_3d_secure_can_fail(life: Life) -> None:
    life.turn("authenticate_always")
    life.pass_until(RENEWAL)
    status, intent = control(life.sandbox, f"intents/{life.intent.id}", result="fail")
    assert (status, intent["status"], intent["last_payment_error"]["code"]) == (
        200,
        "requires_payment_method",
        "payment_intent_authentication_failure",
    )
    assert (life.status, life.invoice.next_payment_attempt) == ("past_due", None)
    assert control(life.sandbox, f"intents/{life.intent.id}", result="pass")[0] == 400


def test_confirming_the_intent_pays_the_invoice(life: Life) -> None:
    life.turn("insufficient_funds")
    life.pass_until(RENEWAL)
    intent = life.intent.id
    with pytest.raises(stripe.CardError) as declined:
        life.api.payment_intents.confirm(intent, {"payment_method": life.card})
    assert declined.value.code == "card_declined"
    asked = life.api.payment_intents.confirm(intent, {"payment_method": "pm_card_threeDSecure2Required"})
    assert (asked.status, asked.next_action.type) == ("requires_action", "redirect_to_url")
    done = life.api.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    assert (done.status, life.status, life.invoice.status) == ("succeeded", "active", "paid")
    for deed in (life.api.payment_intents.confirm, life.api.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            deed(intent)
        assert refused.value.code == "payment_intent_unexpected_state"


def test_intent_of_an_invoice_ends_with_its_invoice(life: Life) -> None:
    life.turn("insufficient_funds")
    life.pass_until(RENEWAL)
    with pytest.raises(stripe.InvalidRequestError):
        life.api.payment_intents.cancel(life.intent.id)
    life.api.invoices.void_invoice(life.invoice.id)
    assert life.intent.status == "canceled"


def test_unpaid_leaves_later_invoices_drafts(tmp_path_factory: pytest.TempPathFactory) -> None:
    arguments = ["--retry-days=2,4", "--after-retries=unpaid"]
    state = tmp_path_factory.mktemp("unpaid") / "state.sqlite3"
    with running_sandbox(state=state, arguments=arguments) as other:
        api: Any = client_of(other).v1
        price = api.prices.create(
            {
                "currency": "eur",
                "unit_amount": 900,
                "recurring": {"interval": "month"},
                "product_data": {"name": "Print"},
            }
        )
        life = begin(api, other, price)
        life.turn("insufficient_funds")
        life.pass_until(RENEWAL + 4 * DAY)
        assert (life.status, life.invoice.attempt_count) == ("unpaid", 3)
        assert life.next_attempt() is None
        late = life.invoice.id
        life.pass_until(59 * DAY + 2 * HOUR)
        draft = life.invoice
        assert (draft.status, draft.auto_advance, draft.automatically_finalizes_at) == ("draft", False, None)
        assert api.invoices.retrieve(late).status == "open"
        life.turn("success")
        api.invoices.pay(draft.id)
        assert life.status == "active"


CARDS = {
    "pm_card_chargeDeclinedLostCard": ("card_declined", "lost_card"),
    "pm_card_chargeDeclinedStolenCard": ("card_declined", "stolen_card"),
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": ("card_declined", "card_velocity_exceeded"),
    "pm_card_chargeDeclinedProcessingError": ("processing_error", None),
}


@pytest.mark.parametrize("magic", CARDS)
def test_declining_cards_are_refused_when_attached(
    api: Any, new_customer: Callable[..., Any], magic: str
) -> None:
    with pytest.raises(stripe.CardError) as declined:
        api.payment_methods.attach(magic, {"customer": new_customer().id})
    assert (declined.value.code, body_of(declined).get("decline_code")) == CARDS[magic]


def test_cards_that_pass_3d_secure_only_to_be_declined(
    api: Any, sandbox: Sandbox, monthly: Any, new_customer: Callable[..., Any]
) -> None:
    customer = new_customer("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds")
    subscription = api.subscriptions.create({"customer": customer.id, "items": [{"price": monthly.id}]})
    intent = api.payment_intents.list({"customer": customer.id}).data[0]
    assert (subscription.status, intent.status) == ("incomplete", "requires_action")
    _, after = control(sandbox, f"intents/{intent.id}", result="pass")
    assert after["last_payment_error"]["decline_code"] == "insufficient_funds"
    assert api.subscriptions.retrieve(subscription.id).status == "incomplete"


@pytest.mark.parametrize(
    ("path", "fields", "status", "param"),
    [
        ("payment_methods/pm_none", {"behaviour": "lost_card"}, 404, "id"),
        ("payment_methods/pm_none", {"behaviour": "generous"}, 400, "behaviour"),
        ("payment_methods/pm_none", {}, 400, "behaviour"),
        ("intents/pi_none", {"result": "pass"}, 404, "id"),
        ("rate_limit", {"per_second": "few"}, 400, "per_second"),
    ],
)
def test_controls_refuse_in_the_shape_of_the_api(
    sandbox: Sandbox, path: str, fields: dict[str, str], status: int, param: str
) -> None:
    code, answer = control(sandbox, path, **fields)
    assert (code, answer["error"]["param"]) == (status, param)


def test_rate_limit_answers_as_stripe_does(tmp_path: Any) -> None:
    with running_sandbox(state=tmp_path / "state.sqlite3", arguments=["--rate-limit=3"]) as limited:
        api: Any = client_of(limited).v1
        with pytest.raises(stripe.RateLimitError) as refused:
            _hurry(api)
        body = body_of(refused)
        assert (refused.value.http_status, body["code"], body["type"]) == (
            429,
            "rate_limit",
            "invalid_request_error",
        )
        headers: Any = refused.value.headers
        assert headers["stripe-rate-limited-reason"] == "global-rate"
        assert control(limited, "rate_limit", per_second="0") == (200, {"per_second": None})
        assert [api.customers.list().data for _ in range(10)] == [[]] * 10


def _hurry(api: Any) -> None:
    """More requests than fit in any second."""
    for _ in range(30):
        api.customers.list()
