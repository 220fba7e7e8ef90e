"""Letters that follow a subscription's course: each once, each at its moment (rules S12, C1, C2, C7)."""

import time

import pytest
from django.contrib.auth.models import Group
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.roles import PUBLISHER
from subscriptions.models import Invoice, Notice, Payment, Plan, Status
from tests.subscriptions.conftest import Till
from tests.subscriptions.lives import Life, begin_life

pytestmark = pytest.mark.django_db


@pytest.fixture
def life(till: Till, reader: User) -> Life:
    return begin_life(till, reader)


def test_welcome_comes_once_however_often_the_books_are_compared(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    life.sync()
    life.sync()
    assert life.told() == ["welcome"]


def test_c1_a_first_payment_left_at_3d_secure_brings_no_letter(life: Life, plan: Plan) -> None:
    subscription = life.subscribe(
        plan, "pm_card_authenticationRequired", payment_behavior="default_incomplete"
    )
    assert subscription.status == Status.INCOMPLETE
    life.advance(hours=24)
    assert life.subscription.status == Status.INCOMPLETE_EXPIRED
    assert life.told() == []


def test_each_attempt_is_told_with_its_next_and_the_end_of_access(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    life.let_card_act("insufficient_funds")
    for _ in range(60):
        life.advance(days=1)
    notices = Notice.objects.exclude(kind="welcome").order_by("given_at", "pk")
    failures = [notice for notice in notices if notice.kind == "payment_failed"]
    assert [notice.facts["attempt"] for notice in failures] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert all(notice.facts["next_try_at"] for notice in failures)
    assert {notice.facts["code"] for notice in failures} == {"insufficient_funds"}
    assert [notice.kind for notice in notices][8:] == ["access_stopped"]
    assert life.subscription.status == Status.CANCELED


def test_c7_a_lost_card_is_told_at_once_and_once(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    life.let_card_act("lost_card")
    for _ in range(20):
        life.advance(days=2)
    notice = Notice.objects.get(kind="card_refused")
    assert notice.invoice is not None
    assert notice.invoice.hosted_url
    assert (notice.facts["code"], notice.facts["next_try_at"]) == ("lost_card", None)
    assert life.told() == ["welcome", "card_refused"]


def test_c2_a_renewal_the_bank_wants_confirmed_leads_to_the_page_to_pay(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    life.let_card_act("authenticate_always")
    life.advance(days=28, hours=2)
    assert life.subscription.status == Status.PAST_DUE
    notice = Notice.objects.get(kind="confirm_payment")
    assert notice.invoice == Invoice.objects.get(status=Invoice.Status.OPEN)


def test_recovered_is_told_to_those_who_knew_of_the_trouble(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    life.let_card_act("generic_decline")
    life.advance(days=28, hours=2)
    life.let_card_act("success")
    life.advance(days=1)
    assert life.told() == ["welcome", "payment_failed", "recovered"]
    life.advance(days=1)
    assert life.told() == ["welcome", "payment_failed", "recovered"]


def test_a_first_comparison_of_old_books_writes_to_nobody(life: Life, plan: Plan) -> None:
    life.pay_with("pm_card_visa")
    params = {"customer": life.customer.stripe_id, "items": [{"price": plan.stripe_price_id}]}
    life.stripe_id = life.till.v1.subscriptions.create(params).id
    life.let_card_act("lost_card")
    life.till.v1.subscriptions.update(life.stripe_id, {"cancel_at_period_end": False})
    life.advance(days=35)  # the first time we hear of it: seven days after the renewal failed
    assert life.subscription.status == Status.PAST_DUE
    assert life.told() == []


def test_unpaid_at_last_stops_access_with_a_letter_even_after_a_hard_decline(
    life: Life, plan: Plan, settings: Settings
) -> None:
    settings.PAST_DUE_GRACE_DAYS = 5
    life.subscribe(plan)
    life.let_card_act("lost_card")
    life.advance(days=28, hours=2)
    life.advance(days=3)
    assert life.told() == ["welcome", "card_refused"]
    life.advance(days=3)
    life.advance(days=1)
    assert life.told() == ["welcome", "card_refused", "access_stopped"]
    assert Notice.objects.get(kind="access_stopped").facts == {"is_over": False}


def test_each_cancellation_is_confirmed_and_the_end_told(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    subscriptions = life.till.v1.subscriptions
    for wish in (True, True, False, True):
        life.advance(hours=1)
        subscriptions.update(life.stripe_id, {"cancel_at_period_end": wish})
        life.sync()
        life.sync()
    assert life.told() == ["welcome", "cancelled", "cancelled"]
    life.advance(days=28, hours=1)
    life.sync()
    assert life.told() == ["welcome", "cancelled", "cancelled", "ended"]


def test_a_pause_and_its_end_are_told(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    subscriptions = life.till.v1.subscriptions
    subscriptions.update(life.stripe_id, {"pause_collection": {"behavior": "void"}})
    life.sync()
    life.sync()
    subscriptions.update(life.stripe_id, {"pause_collection": ""})
    life.advance(hours=1)
    life.sync()
    assert [notice.facts["is_resumed"] for notice in Notice.objects.filter(kind="paused").order_by("pk")] == [
        False,
        True,
    ]


def test_a_refund_in_parts_is_told_part_by_part(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    charge = Payment.objects.get().stripe_id
    for amount in (300, 600):
        life.till.v1.refunds.create({"charge": charge, "amount": amount})
        life.sync()
        life.sync()
    notices = Notice.objects.filter(kind="refunded").order_by("pk")
    assert [(notice.facts["amount"], notice.facts["is_full"]) for notice in notices] == [
        (300, False),
        (600, True),
    ]


def test_publishers_hear_of_a_dispute_and_its_reader_does_not(life: Life, plan: Plan) -> None:
    publisher = User.objects.create_user("publisher@example.com", name="Iris Vantongel")
    publisher.groups.add(Group.objects.get(name=PUBLISHER))
    User.objects.create_user("writer@example.com", is_staff=True)
    life.subscribe(plan, "pm_card_createDispute")
    life.advance(hours=1)
    life.sync()
    notice = Notice.objects.get(kind="disputed")
    assert (notice.address, notice.facts["payer"]) == ("publisher@example.com", life.user.name)


LIVES = {
    "recovers twice": [
        ("generic_decline", 29),
        ("generic_decline", 2),
        ("success", 3),
        ("authenticate_always", 28),
        ("success", 5),
    ],
    "loses the card": [("insufficient_funds", 29), ("lost_card", 2), ("lost_card", 12), ("success", 3)],
}


@pytest.mark.parametrize("acts", LIVES.values(), ids=LIVES)
def test_s12_comparing_more_often_changes_no_letter(
    till: Till, plan: Plan, acts: list[tuple[str, int]]
) -> None:
    """The same life twice: compared with Stripe once after each thing that happens, and many times."""
    letters = []
    for syncs in (0, 3):
        user = User.objects.create_user(f"twin-{syncs}-{time.time()}@example.com", name="Rafe Idunsen")
        life = begin_life(till, user)
        life.subscribe(plan)
        for behaviour, days in acts:
            life.let_card_act(behaviour)
            life.advance(days=days)
            for _ in range(syncs):
                life.sync()
        mine = Notice.objects.filter(user=user).order_by("given_at", "pk")
        letters.append([(notice.kind, notice.given_at, notice.facts.get("attempt")) for notice in mine])
    assert letters[0] == letters[1]
    assert len(letters[0]) > 2
