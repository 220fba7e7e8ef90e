"""What time does, told with a clock that is passed in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.stripe.billing.changes import ItemChange, change_items
from sandbox.stripe.billing.lifecycle import Terms, cancel, default_method, pay, start, stop_at_period_end
from sandbox.stripe.billing.periods import period_end
from sandbox.stripe.billing.ticker import tick
from sandbox.stripe.billing.wallet import resolve
from sandbox.stripe.resources import checkout_sessions, customers, prices
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Settings, Work
from tests.sandbox.driving import START

HOUR = 3600
DAY = 24 * HOUR


def subscribe(work: Work, card: str | None = "pm_card_visa", *, trial_days: int = 0, **settings: Any) -> str:
    """A subscription of €9 a month that began at START."""
    wallet = {"payment_method": card, "invoice_settings": {"default_payment_method": card}} if card else {}
    work = work.at(work.now)
    with work.store.transaction():
        customer = customers.create(work, dict(wallet))
        default = customer["invoice_settings"]["default_payment_method"]
        method = resolve(work, default, param="card") if default else None
        trial_end = START + trial_days * DAY if trial_days else None
        terms = Terms(customer, [(price(work), 1)], method, trial_end, settings=settings)
        return str(start(work, terms)[0]["id"])


def price(work: Work) -> Obj:
    recurring = {"interval": "month"}
    data = {
        "currency": "eur",
        "unit_amount": 900,
        "recurring": recurring,
        "product_data": {"name": "Digital"},
    }
    return prices.create(work, data)


def pass_time(work: Work, seconds: int, **settings: Any) -> None:
    """Let the clock of the ticker stand at START and so many seconds."""
    tick(work.store, Settings("http://sandbox.test", **settings), START + seconds)


def status(work: Work, id: str) -> str:
    return str(work.get("subscription", id)["status"])


def events(work: Work, type: str) -> list[Obj]:
    return [event for event in work.all("event") if event["type"] == type]


def invoices(work: Work) -> list[tuple[str, str, int]]:
    """Newest first: reason, status, amount due."""
    return [(each["billing_reason"], each["status"], each["amount_due"]) for each in work.all("invoice")]


@pytest.mark.parametrize(
    ("anchor", "start_day", "recurring", "end"),
    [
        ("2026-01-31", "2026-01-31", ("month", 1), "2026-02-28"),
        ("2026-01-31", "2026-02-28", ("month", 1), "2026-03-31"),
        ("2024-02-29", "2024-02-29", ("year", 1), "2025-02-28"),
        ("2024-02-29", "2027-02-28", ("year", 1), "2028-02-29"),
        ("2026-11-30", "2026-11-30", ("month", 3), "2027-02-28"),
        ("2026-12-28", "2026-12-28", ("week", 1), "2027-01-04"),
        ("2026-12-31", "2026-12-31", ("day", 2), "2027-01-02"),
    ],
)
def test_periods_follow_the_calendar(
    anchor: str, start_day: str, recurring: tuple[str, int], end: str
) -> None:
    def moment(day: str) -> int:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())

    rhythm = {"interval": recurring[0], "interval_count": recurring[1]}
    assert period_end(moment(anchor), moment(start_day), rhythm) == moment(end)


def test_renewal_on_the_second_and_not_before(work: Work) -> None:
    id = subscribe(work)
    pass_time(work, 31 * DAY - 1)
    assert invoices(work) == [("subscription_create", "paid", 900)]
    pass_time(work, 31 * DAY)
    assert invoices(work)[0] == ("subscription_cycle", "draft", 900)
    item = work.get("subscription", id)["items"]["data"][0]
    assert (item["current_period_start"], item["current_period_end"]) == (START + 31 * DAY, START + 59 * DAY)


def test_renewal_is_a_draft_for_an_hour(work: Work) -> None:
    id = subscribe(work)
    pass_time(work, 31 * DAY + HOUR - 1)
    draft = work.all("invoice")[0]
    moment = START + 31 * DAY + HOUR
    assert (draft["status"], status(work, id), draft["hosted_invoice_url"]) == ("draft", "active", None)
    assert (draft["automatically_finalizes_at"], draft["next_payment_attempt"]) == (moment, moment)
    pass_time(work, 31 * DAY + HOUR)
    paid = work.get("invoice", draft["id"])
    assert (paid["status"], paid["automatically_finalizes_at"], paid["attempt_count"]) == ("paid", None, 1)
    assert paid["status_transitions"] == {
        "finalized_at": moment,
        "marked_uncollectible_at": None,
        "paid_at": moment,
        "voided_at": None,
    }


def test_cancelled_in_the_draft_hour_nothing_is_charged(work: Work) -> None:
    id = subscribe(work)
    pass_time(work, 31 * DAY)
    cancel(work.at(START + 31 * DAY + 60), work.get("subscription", id))
    pass_time(work, 40 * DAY)
    assert invoices(work)[0] == ("subscription_cycle", "draft", 900)
    assert len(work.all("charge")) == 1


def test_long_sleep_is_caught_up_month_by_month(work: Work) -> None:
    subscribe(work)
    pass_time(work, 100 * DAY)
    assert [each["created"] - START for each in work.all("invoice")] == [90 * DAY, 59 * DAY, 31 * DAY, 0]


def test_first_payment_has_23_hours(work: Work) -> None:
    id = subscribe(work, "pm_card_chargeCustomerFail")
    pass_time(work, 23 * HOUR - 1)
    assert status(work, id) == "incomplete"
    pass_time(work, 23 * HOUR)
    assert (status(work, id), invoices(work)) == (
        "incomplete_expired",
        [("subscription_create", "void", 900)],
    )
    assert work.all("payment_intent")[0]["status"] == "canceled"


def test_trial_end_is_announced_once_and_then_charged(work: Work) -> None:
    id = subscribe(work, trial_days=14)
    pass_time(work, 11 * DAY - 1)
    assert events(work, "customer.subscription.trial_will_end") == []
    pass_time(work, 11 * DAY)
    pass_time(work, 12 * DAY)
    assert len(events(work, "customer.subscription.trial_will_end")) == 1
    assert status(work, id) == "trialing"
    pass_time(work, 14 * DAY)
    assert (status(work, id), invoices(work)[0]) == ("active", ("subscription_cycle", "draft", 900))
    pass_time(work, 14 * DAY + HOUR)
    assert (status(work, id), invoices(work)[0]) == ("active", ("subscription_cycle", "paid", 900))


def test_short_trial_is_announced_at_once(work: Work) -> None:
    subscribe(work, trial_days=2)
    assert len(events(work, "customer.subscription.trial_will_end")) == 1
    pass_time(work, 40 * DAY)
    assert len(events(work, "customer.subscription.trial_will_end")) == 1


@pytest.mark.parametrize(
    ("without_card", "end"), [("create_invoice", "past_due"), ("cancel", "canceled"), ("pause", "paused")]
)
def test_trial_without_a_card_ends_as_agreed(work: Work, without_card: str, end: str) -> None:
    agreed = {"trial_settings": {"end_behavior": {"missing_payment_method": without_card}}}
    id = subscribe(work, None, trial_days=7, **agreed)
    pass_time(work, 7 * DAY + HOUR)
    assert status(work, id) == end


def test_cancel_at_period_end_keeps_what_was_paid(work: Work) -> None:
    id = subscribe(work)
    subscription = work.get("subscription", id)
    stop_at_period_end(work, subscription, stop=True)
    work.save(subscription)
    pass_time(work, 31 * DAY - 1)
    assert status(work, id) == "active"
    pass_time(work, 31 * DAY)
    ended = work.get("subscription", id)
    assert (ended["status"], ended["ended_at"], len(invoices(work))) == ("canceled", START + 31 * DAY, 1)
    assert len(events(work, "customer.subscription.deleted")) == 1


def test_cancelled_trial_is_never_charged(work: Work) -> None:
    id = subscribe(work, trial_days=14)
    subscription = work.get("subscription", id)
    stop_at_period_end(work, subscription, stop=True)
    work.save(subscription)
    pass_time(work, 60 * DAY)
    assert (status(work, id), invoices(work)) == ("canceled", [("subscription_create", "paid", 0)])


def let_card_fail(work: Work, id: str, behaviour: str = "decline_after_attaching") -> None:
    """The card was good so far; from now on it behaves like this."""
    subscription = work.get("subscription", id)
    customer = work.get("customer", subscription["customer"])
    work.save(
        work.get("payment_method", customer["invoice_settings"]["default_payment_method"]),
        behaviour=behaviour,
    )


@pytest.mark.parametrize("after_retries", ["canceled", "unpaid", "past_due"])
def test_failed_renewal_is_retried_then_settled(work: Work, after_retries: str) -> None:
    id = subscribe(work)
    let_card_fail(work, id)
    first = 31 * DAY + HOUR
    attempts = []
    for days in (0, 1, 2, 3, 5, 7, 9, 11, 14):
        assert status(work, id) == ("past_due" if days else "active")
        pass_time(work, first + days * DAY, after_retries=after_retries)
        invoice = work.all("invoice")[0]
        attempts.append((invoice["attempt_count"], (invoice["next_payment_attempt"] or 0) - START - first))
    ahead = [(at + 1, days * DAY) for at, days in enumerate((1, 2, 3, 5, 7, 9, 11, 14))]
    assert attempts == [*ahead, (9, -START - first)]
    assert (status(work, id), invoice["status"]) == (after_retries, "open")
    assert len(events(work, "invoice.payment_failed")) == len(events(work, "charge.failed")) == 9


def test_retry_days_are_the_accounts_own(work: Work) -> None:
    id = subscribe(work)
    let_card_fail(work, id)
    pass_time(work, 35 * DAY + HOUR - 1, retry_days=(2, 4))
    assert (status(work, id), len(events(work, "charge.failed"))) == ("past_due", 2)
    pass_time(work, 35 * DAY + HOUR, retry_days=(2, 4))
    assert (status(work, id), len(events(work, "charge.failed"))) == ("canceled", 3)


def test_paying_what_is_late_counts_though_the_next_draft_is_there(work: Work) -> None:
    id = subscribe(work)
    let_card_fail(work, id)
    pass_time(work, 59 * DAY, retry_days=(1,), after_retries="past_due")
    draft, late = work.all("invoice")[:2]
    assert (draft["status"], late["status"], status(work, id)) == ("draft", "open", "past_due")
    let_card_fail(work, id, "success")
    then = work.at(START + 59 * DAY + 60)
    pay(then, late, default_method(then, work.get("subscription", id)))
    assert (status(work, id), work.get("invoice", draft["id"])["status"]) == ("active", "draft")


def test_retry_that_succeeds_brings_it_back(work: Work) -> None:
    id = subscribe(work)
    let_card_fail(work, id)
    pass_time(work, 31 * DAY + HOUR)
    assert work.all("customer")[0]["delinquent"] is True
    let_card_fail(work, id, "success")
    pass_time(work, 34 * DAY)
    assert (status(work, id), invoices(work)[0]) == ("active", ("subscription_cycle", "paid", 900))
    assert work.all("customer")[0]["delinquent"] is False


def test_unpaid_subscription_only_drafts(work: Work) -> None:
    id = subscribe(work)
    let_card_fail(work, id)
    pass_time(work, 59 * DAY, after_retries="unpaid")
    assert (status(work, id), invoices(work)[0]) == ("unpaid", ("subscription_cycle", "draft", 900))


def test_renewal_that_asks_for_3d_secure_is_past_due(work: Work) -> None:
    id = subscribe(work)
    let_card_fail(work, id, "authenticate_always")
    pass_time(work, 31 * DAY + HOUR)
    assert (status(work, id), len(events(work, "invoice.payment_action_required"))) == ("past_due", 1)
    assert work.all("payment_intent")[0]["status"] == "requires_action"


def test_waiting_prorations_come_with_the_renewal(work: Work) -> None:
    id = subscribe(work)
    subscription = work.get("subscription", id)
    item = subscription["items"]["data"][0]
    dear = prices.create(
        work,
        {
            "currency": "eur",
            "unit_amount": 1831,
            "recurring": {"interval": "month"},
            "product": item["price"]["product"],
        },
    )
    half = work.at(START + 31 * DAY // 2)
    change_items(half, subscription, [ItemChange(item["id"], dear)])
    pass_time(work, 31 * DAY + HOUR)
    invoice = work.all("invoice")[0]
    assert [line["amount"] for line in invoice["lines"]["data"]] == [-450, 916, 1831]
    assert (invoice["total"], invoice["status"]) == (2297, "paid")


def test_checkout_session_expires_after_a_day(work: Work) -> None:
    lines = [{"price": price(work)["id"], "quantity": 1}]
    params = {"mode": "subscription", "success_url": "http://site.test", "line_items": lines}
    id = checkout_sessions.create(work, params)["id"]
    pass_time(work, DAY - 1)
    assert work.get("checkout.session", id)["status"] == "open"
    pass_time(work, DAY)
    session = work.get("checkout.session", id)
    assert (session["status"], session["url"], len(events(work, "checkout.session.expired"))) == (
        "expired",
        None,
        1,
    )


def test_nothing_due_is_nothing_done(work: Work) -> None:
    subscribe(work)
    assert tick(work.store, work.settings, START + DAY) == 0


def test_every_state_can_be_reached(work: Work) -> None:
    ids = {
        "active": subscribe(work),
        "trialing": subscribe(work, trial_days=60),
        "incomplete_expired": subscribe(work, "pm_card_chargeCustomerFail"),
        "paused": subscribe(
            work, None, trial_days=7, trial_settings={"end_behavior": {"missing_payment_method": "pause"}}
        ),
        "canceled": subscribe(work, cancel_at_period_end=True),
        "past_due": subscribe(work),
        "unpaid": subscribe(work),
    }
    let_card_fail(work, ids["unpaid"])
    pass_time(work, 46 * DAY, after_retries="unpaid")
    let_card_fail(work, ids["past_due"])
    pass_time(work, 60 * DAY - HOUR, after_retries="unpaid")
    late = subscribe(work.at(START + 60 * DAY - HOUR), "pm_card_chargeCustomerFail")
    reached = {state: status(work, id) for state, id in (ids | {"incomplete": late}).items()}
    assert reached == {state: state for state in reached}
    assert len(reached) == 8
