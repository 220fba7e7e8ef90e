"""From the plan to the paid subscription: rules S10 and S11, and the plans in Stripe."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from subscriptions.actions import checkouts as checkout_actions
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import (
    AlreadySubscribed,
    NotYourCheckout,
    ensure_customer,
    finish_checkout,
    start_checkout,
)
from subscriptions.actions.plans import sync_plans
from subscriptions.gateways import SessionTerms, create_session
from subscriptions.models import Checkout, Grant, Plan, PlanPrice, Status, Subscription
from subscriptions.orders import Order, PlanNotOnSale
from subscriptions.queries import grants_of, latest_subscription
from subscriptions.views.checkout import AWAY
from tests.subscriptions.conftest import DECLINED, NEEDS_3DS, Till

pytestmark = pytest.mark.django_db(transaction=True)


def start(reader: User, plan: Plan) -> Checkout:
    order = Order(plan, return_path="/articles/a/", wall="subscribe")
    return start_checkout(user=reader, order=order, at=timezone.now())


def finish(reader: User, session_id: str) -> Checkout:
    return finish_checkout(user=reader, session_id=session_id, at=timezone.now())


def choose(browser: Client, plan: Plan, **typed: str) -> Any:
    """Send a plan's form as the plans page has it; the answer is where that leads, at Stripe or here."""
    page = browser.get("/subscribe/", typed)
    window = page.context["window"]
    [listing] = [each for each in (*window.readers, *window.groups) if each.plan == plan]
    form = {"plan": plan.key, "currency": listing.price.currency, "terms": listing.terms_mark, **typed}
    answer = browser.post("/subscribe/checkout/", form)
    return browser.get(answer["Location"]) if answer["Location"].startswith("/") else answer


def can_read(reader: User) -> bool:
    return bool(grants_of(reader, at=timezone.now()))


def test_pay_and_read(till: Till, reader: User, plan: Plan) -> None:
    checkout = start(reader, plan)
    assert till.pay(checkout.url) == 303
    assert not can_read(reader)

    assert finish(reader, checkout.stripe_id).state == Checkout.State.COMPLETE
    subscription = Subscription.objects.get()
    assert (subscription.status, subscription.plan, subscription.cancels_at) == (Status.ACTIVE, plan, None)
    assert can_read(reader)


def test_a_trial_lets_read_and_is_given_once(till: Till, reader: User, other_plan: Plan) -> None:
    first = start(reader, other_plan)
    till.pay(first.url)
    finish(reader, first.stripe_id)
    subscription = Subscription.objects.get()
    assert (subscription.status, can_read(reader)) == (Status.TRIALING, True)

    till.v1.subscriptions.cancel(subscription.stripe_id)
    Subscription.objects.update(status=Status.CANCELED)
    second = start(reader, other_plan)
    till.pay(second.url)
    finish(reader, second.stripe_id)
    assert Subscription.objects.get(status=Status.ACTIVE).trial_end_at is None


def test_s10_a_forged_session_gives_nothing(till: Till, reader: User, plan: Plan) -> None:
    for forged in ("cs_test_forged", "", "../../v1/customers"):
        with pytest.raises(NotYourCheckout):
            finish(reader, forged)
    assert not can_read(reader)


def test_s10_somebody_elses_session_gives_nothing(till: Till, reader: User, plan: Plan) -> None:
    checkout = start(reader, plan)
    till.pay(checkout.url)
    thief = User.objects.create_user("thief@example.com")
    with pytest.raises(NotYourCheckout):
        finish(thief, checkout.stripe_id)
    assert (can_read(thief), Subscription.objects.count()) == (False, 0)


def test_s10_the_success_page_believes_stripe_and_not_its_address(
    till: Till, reader: User, plan: Plan
) -> None:
    checkout = start(reader, plan)
    browser = Client()
    browser.force_login(reader)
    page = browser.get("/subscribe/success/", {"session_id": checkout.stripe_id, "payment_status": "paid"})
    assert (page.status_code, page.templates[0].name) == (200, "subscriptions/checkout_waiting.html")
    assert not can_read(reader)
    assert browser.get("/subscribe/success/", {"session_id": "cs_forged"}).status_code == 404


def test_s10_a_declined_or_unfinished_payment_gives_nothing(till: Till, reader: User, plan: Plan) -> None:
    checkout = start(reader, plan)
    assert till.pay(checkout.url, card=DECLINED) == 402
    assert finish(reader, checkout.stripe_id).state == Checkout.State.OPEN
    assert till.pay(checkout.url, card=NEEDS_3DS) == 303  # to the bank, and nobody answers there
    assert finish(reader, checkout.stripe_id).state == Checkout.State.OPEN
    assert not can_read(reader)


def test_s11_two_clicks_open_one_session(till: Till, reader: User, plan: Plan) -> None:
    assert start(reader, plan) == start(reader, plan)
    assert Checkout.objects.count() == 1


def test_s11_another_plan_closes_the_first_session(
    till: Till, reader: User, plan: Plan, other_plan: Plan
) -> None:
    first = start(reader, plan)
    start(reader, other_plan)
    first.refresh_from_db()
    assert first.state == Checkout.State.EXPIRED
    assert till.v1.checkout.sessions.retrieve(first.stripe_id).status == "expired"


def test_s11_two_plans_asked_for_at_once_leave_one_session_open(
    till: Till, reader: User, plan: Plan, other_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the first is being opened, a second tab asks for another plan."""

    def be_overtaken(terms: SessionTerms, *, key: str) -> Any:
        monkeypatch.setattr(checkout_actions, "create_session", create_session)
        start(reader, other_plan)
        return create_session(terms, key=key)

    monkeypatch.setattr(checkout_actions, "create_session", be_overtaken)
    later = start(reader, plan)
    states = [
        till.v1.checkout.sessions.retrieve(checkout.stripe_id).status
        for checkout in Checkout.objects.order_by("pk")
    ]
    assert states == ["expired", "open"]
    assert later.state == Checkout.State.OPEN


def test_s11_paid_in_one_tab_is_not_sold_again_in_another(till: Till, reader: User, plan: Plan) -> None:
    checkout = start(reader, plan)
    till.pay(checkout.url)
    with pytest.raises(AlreadySubscribed):
        start(reader, plan)
    assert (Subscription.objects.count(), can_read(reader)) == (1, True)


def test_s11_an_unfinished_payment_does_not_hide_the_subscription_beside_it(
    till: Till, reader: User, plan: Plan, other_plan: Plan
) -> None:
    active = till.subscribe(reader, plan)
    unfinished = till.subscribe(reader, other_plan, card="pm_card_threeDSecure2Required", trial_period_days=0)
    sync_customer(customer=ensure_customer(user=reader), at=timezone.now())
    assert unfinished.status == "incomplete"
    Subscription.objects.filter(stripe_id=active.id).update(started_at=timezone.now() - timedelta(days=9))
    assert set(Subscription.objects.values_list("status", flat=True)) == {Status.ACTIVE, Status.INCOMPLETE}

    with pytest.raises(AlreadySubscribed):
        start(reader, plan)
    shown = latest_subscription(reader)
    assert shown is not None
    assert shown.stripe_id == active.id


def test_a_price_raised_while_a_reader_pays_the_old_one_takes_nothing_from_them(
    till: Till, reader: User, plan: Plan
) -> None:
    checkout = start(reader, plan)
    Plan.objects.update(amount=1100)
    list(sync_plans())
    assert till.pay(checkout.url) == 303
    assert finish(reader, checkout.stripe_id).state == Checkout.State.COMPLETE
    assert (Subscription.objects.get().plan, can_read(reader)) == (plan, True)


def test_an_unfinished_first_payment_does_not_block_another_try(till: Till, reader: User, plan: Plan) -> None:
    first = start(reader, plan)
    till.pay(first.url, card=NEEDS_3DS)
    again = start(reader, plan)
    assert till.pay(again.url) == 303
    finish(reader, again.stripe_id)
    assert can_read(reader)


def test_a_plan_off_sale_is_not_sold(till: Till, reader: User, plan: Plan) -> None:
    plan.is_active = False
    with pytest.raises(PlanNotOnSale):
        start(reader, plan)


def test_a_visitor_is_asked_to_sign_in_first(client: Client, plan: Plan) -> None:
    answer = client.post("/subscribe/checkout/", {"plan": plan.key})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_the_way_back_stays_on_this_site(till: Till, reader: User, plan: Plan) -> None:
    browser = Client()
    browser.force_login(reader)
    choose(browser, plan, next="https://evil.example/")
    assert Checkout.objects.get().return_path == ""


def test_an_outage_of_stripe_says_so_and_charges_nothing(reader: User, settings: object) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # type: ignore[attr-defined]  # nothing listens there
    plan = Plan.objects.create(key="monthly", name="Monthly", amount=900, stripe_price_id="price_1")
    PlanPrice.objects.create(
        plan=plan, stripe_id="price_1", currency="usd", amount=900, interval="month", is_current=True
    )
    browser = Client()
    browser.force_login(reader)
    answer = choose(browser, plan)
    assert [str(message) for message in answer.context["messages"]] == [AWAY]
    assert Checkout.objects.count() == 0


def test_sync_plans_matches_creates_and_replaces(till: Till, plan: Plan) -> None:
    price = plan.stripe_price_id
    assert list(sync_plans()) == [f"monthly: matched {price} ($9 a month)"]

    Plan.objects.update(amount=1100)
    [line] = sync_plans()
    plan.refresh_from_db()
    assert line == f"monthly: replaced {price} with {plan.stripe_price_id} ($11 a month)"
    assert till.v1.prices.retrieve(price).active is False

    Plan.objects.update(stripe_price_id="")
    list(sync_plans())
    assert Plan.objects.get().stripe_price_id == plan.stripe_price_id


def test_a_price_that_goes_back_to_what_it_was_is_on_sale_again(till: Till, plan: Plan) -> None:
    for amount in (1100, 900, 1100, 900):
        Plan.objects.update(amount=amount)
        list(sync_plans())
        price = till.v1.prices.retrieve(Plan.objects.get().stripe_price_id)
        assert (price.unit_amount, price.active) == (amount, True)


def test_grants_from_elsewhere_outlive_a_subscription(
    till: Till, reader: User, plan: Plan, settings: Settings
) -> None:
    settings.KEEP_PAID_TIME = False
    now = timezone.now()
    Grant.objects.create(user=reader, source="comp", starts_at=now, reason="Thanks.")
    checkout = start(reader, plan)
    till.pay(checkout.url)
    finish(reader, checkout.stripe_id)
    till.v1.subscriptions.cancel(Subscription.objects.get().stripe_id)
    finish(reader, checkout.stripe_id)
    assert [fact.source for fact in grants_of(reader, at=timezone.now())] == ["comp"]
