"""Letters that follow a subscription's course: each once, each at its moment (rules S12, C1, C2, C7)."""

import pytest

from accounts.models import User
from subscriptions.models import Invoice, Notice, Plan, Status
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
