"""Gifts: bought by one, delivered on a day, redeemed by another, refunded either way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer, finish_checkout, start_checkout
from subscriptions.actions.gifts import (
    CodeUnknown,
    StillSubscribed,
    find_gift,
    period_after,
    readdress_gift,
    redeem_gift,
)
from subscriptions.actions.giving import CannotGive, CannotRefund, Present, order_gift, refund_gift
from subscriptions.actions.grants import give_comp
from subscriptions.actions.withdrawals import carry_out_withdrawal
from subscriptions.models import (
    Checkout,
    Gift,
    Grant,
    Interval,
    Notice,
    Payment,
    Plan,
    Subscription,
    Withdrawal,
)
from subscriptions.orders import Order
from subscriptions.queries import grants_of
from subscriptions.tasks import deliver_gifts
from tests.subscriptions.conftest import DECLINED, Till

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture
def gift_plan(plan: Plan) -> Plan:
    plan.is_giftable = True
    plan.save()
    return plan


@pytest.fixture
def friend(db: None) -> User:
    return User.objects.create_user("nora@example.com", name="Nora Quill")


def present(plan: Plan, *, in_days: int = 0, **more: str) -> Present:
    facts = {"giver_name": "Rafe", "recipient_name": "Nora", "recipient_email": "nora@example.com", **more}
    return Present(plan=plan, deliver_on=localdate() + in_days * DAY, **facts)


def buy(till: Till, giver: User, plan: Plan, *, in_days: int = 0) -> Gift:
    checkout = order_gift(giver=giver, present=present(plan, in_days=in_days), at=timezone.now())
    till.pay(checkout.url)
    finish_checkout(user=giver, session_id=checkout.stripe_id, at=timezone.now())
    return Gift.objects.get()


def reads(user: User, at: datetime | None = None) -> bool:
    return bool(grants_of(user, at=at or timezone.now()))


def letters(kind: str) -> list[str]:
    return list(Notice.objects.filter(kind=kind).values_list("address", flat=True))


def test_a_gift_is_paid_delivered_redeemed_and_read(
    till: Till, reader: User, friend: User, gift_plan: Plan
) -> None:
    gift = buy(till, reader, gift_plan)
    assert (gift.state, gift.amount, gift.intent_id[:3]) == (Gift.State.DELIVERED, 900, "pi_")
    assert (letters("gift"), letters("gift_receipt")) == (["nora@example.com"], [reader.email])
    assert not reads(reader)  # it is not the giver's

    now = timezone.now()
    grant = redeem_gift(code=f" {gift.code[:4].lower()}-{gift.code[4:]} ", user=friend, at=now)
    assert (grant.starts_at, grant.ends_at, grant.reason) == (
        now,
        period_after(now, Interval.MONTH),
        "Rafe gave you Monthly.",
    )
    assert (reads(friend), reads(friend, grant.ends_at)) == (True, False)
    with pytest.raises(CodeUnknown):
        redeem_gift(code=gift.code, user=reader, at=now)


def test_an_unpaid_gift_is_nothing(till: Till, reader: User, friend: User, gift_plan: Plan) -> None:
    checkout = order_gift(giver=reader, present=present(gift_plan), at=timezone.now())
    till.pay(checkout.url, card=DECLINED)
    finish_checkout(user=reader, session_id=checkout.stripe_id, at=timezone.now())
    gift = Gift.objects.get()
    assert (gift.state, Notice.objects.count()) == (Gift.State.UNPAID, 0)
    with pytest.raises(CodeUnknown):
        find_gift(gift.code)


def test_s11_the_same_gift_ordered_twice_is_one_visit_and_another_is_another(
    till: Till, reader: User, gift_plan: Plan
) -> None:
    now = timezone.now()
    first = order_gift(giver=reader, present=present(gift_plan), at=now)
    assert order_gift(giver=reader, present=present(gift_plan), at=now) == first
    other = order_gift(giver=reader, present=present(gift_plan, recipient_name="Timo"), at=now)
    assert (other != first, Checkout.objects.count()) == (True, 2)
    # Nor does a subscription bought meanwhile close them.
    own = start_checkout(user=reader, order=Order(plan=gift_plan), at=now)
    till.pay(own.url)
    finish_checkout(user=reader, session_id=own.stripe_id, at=now)
    assert set(Checkout.objects.filter(gift__isnull=False).values_list("state", flat=True)) == {"open"}


def test_a_gift_waits_for_its_day_and_is_delivered_once(till: Till, reader: User, gift_plan: Plan) -> None:
    gift = buy(till, reader, gift_plan, in_days=3)
    deliver_gifts()
    assert (gift.state, letters("gift")) == (Gift.State.PAID, [])
    Gift.objects.update(deliver_on=localdate() - DAY)
    deliver_gifts()
    deliver_gifts()
    assert (Gift.objects.get().state, letters("gift")) == (Gift.State.DELIVERED, ["nora@example.com"])


@pytest.mark.parametrize("in_days", [-1, 367])
def test_a_gift_arrives_within_a_year(till: Till, reader: User, gift_plan: Plan, in_days: int) -> None:
    with pytest.raises(CannotGive):
        order_gift(giver=reader, present=present(gift_plan, in_days=in_days), at=timezone.now())
    assert Gift.objects.count() == 0


def test_a_plan_that_is_no_gift_is_not_given(till: Till, reader: User, plan: Plan) -> None:
    with pytest.raises(CannotGive):
        order_gift(giver=reader, present=present(plan), at=timezone.now())


def test_a_gift_is_readdressed_before_and_after_it_was_sent(
    till: Till, reader: User, gift_plan: Plan
) -> None:
    gift = buy(till, reader, gift_plan, in_days=3)
    where = {"recipient_name": "Nora", "recipient_email": "nora@work.example"}
    readdress_gift(gift=gift, deliver_on=gift.deliver_on, by=reader, at=timezone.now(), **where)
    assert letters("gift") == []
    readdress_gift(gift=gift, deliver_on=localdate(), by=reader, at=timezone.now(), **where)
    assert letters("gift") == ["nora@work.example"]
    where["recipient_email"] = "nora@home.example"
    for _ in range(2):
        readdress_gift(gift=gift, deliver_on=localdate(), by=reader, at=timezone.now(), **where)
    assert sorted(letters("gift")) == ["nora@home.example", "nora@work.example"]


def test_a_gift_begins_when_what_one_has_ends(
    till: Till, reader: User, friend: User, gift_plan: Plan
) -> None:
    first = buy(till, reader, gift_plan)
    now = timezone.now()
    earlier = redeem_gift(code=first.code, user=friend, at=now)
    Gift.objects.create(
        plan=gift_plan,
        giver=reader,
        giver_name="Rafe",
        recipient_name="Nora",
        recipient_email="nora@example.com",
        deliver_on=localdate(),
        code="SECONDGIFT",
        amount=900,
        currency="usd",
        state=Gift.State.DELIVERED,
        created_at=now,
    )
    give_comp(user=friend, ends_at=now + 900 * DAY, reason="Thanks.", by=None, at=now)
    later = redeem_gift(code="SECONDGIFT", user=friend, at=now)
    assert later.starts_at == earlier.ends_at


def test_a_reader_whose_subscription_renews_keeps_the_code(
    till: Till, reader: User, friend: User, gift_plan: Plan
) -> None:
    gift = buy(till, reader, gift_plan)
    stripe_id = till.subscribe(friend, gift_plan).id
    sync_customer(customer=ensure_customer(user=friend), at=timezone.now())
    with pytest.raises(StillSubscribed):
        redeem_gift(code=gift.code, user=friend, at=timezone.now())
    assert find_gift(gift.code) == gift

    till.v1.subscriptions.update(stripe_id, {"cancel_at_period_end": True})
    sync_customer(customer=ensure_customer(user=friend), at=timezone.now())
    grant = redeem_gift(code=gift.code, user=friend, at=timezone.now())
    assert grant.starts_at == Subscription.objects.get().period_end_at


@pytest.mark.parametrize("is_redeemed", [False, True])
@pytest.mark.parametrize("is_ours", [False, True])
def test_a_refund_takes_the_gift_back_whoever_made_it(
    till: Till, reader: User, friend: User, gift_plan: Plan, is_redeemed: bool, is_ours: bool
) -> None:
    gift = buy(till, reader, gift_plan)
    if is_redeemed:
        redeem_gift(code=gift.code, user=friend, at=timezone.now())
        assert reads(friend)
    if is_ours:
        refund_gift(gift=gift, reason="Bought twice.", by=None, at=timezone.now())
    else:  # in Stripe's dashboard
        till.v1.refunds.create({"payment_intent": gift.intent_id})
        sync_customer(customer=ensure_customer(user=reader), at=timezone.now())
    gift.refresh_from_db()
    assert (gift.state, reads(friend), letters("refunded")) == (Gift.State.REFUNDED, False, [reader.email])
    with pytest.raises(CodeUnknown):
        find_gift(gift.code)
    with pytest.raises(CannotRefund):
        refund_gift(gift=gift, reason="Again.", by=None, at=timezone.now())
    intent = till.v1.payment_intents.retrieve(gift.intent_id, {"expand": ["latest_charge"]})
    assert intent.latest_charge.amount_refunded == 900


def test_a_part_given_back_takes_nothing(till: Till, reader: User, friend: User, gift_plan: Plan) -> None:
    gift = buy(till, reader, gift_plan)
    redeem_gift(code=gift.code, user=friend, at=timezone.now())
    till.v1.refunds.create({"payment_intent": gift.intent_id, "amount": 100})
    sync_customer(customer=ensure_customer(user=reader), at=timezone.now())
    assert (Gift.objects.get().state, reads(friend)) == (Gift.State.REDEEMED, True)


@pytest.mark.parametrize(
    ("start", "interval", "end"),
    [
        ((2026, 1, 31, 12), Interval.MONTH, (2026, 2, 28, 12)),
        ((2026, 12, 15, 12), Interval.MONTH, (2027, 1, 15, 12)),
        ((2028, 2, 29, 12), Interval.YEAR, (2029, 2, 28, 12)),
        # The clocks of New York go forward in between: the same time of day, an hour less.
        ((2026, 3, 1, 12), Interval.MONTH, (2026, 4, 1, 11)),
    ],
)
def test_a_period_ends_on_the_same_day(
    start: tuple[int, ...], interval: str, end: tuple[int, ...], settings: object
) -> None:
    with timezone.override("America/New_York"):
        assert period_after(datetime(*start, tzinfo=UTC), interval) == datetime(*end, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_the_pages_of_giver_and_recipient(
    till: Till, reader: User, friend: User, gift_plan: Plan, client: Client
) -> None:
    assert "sign in" in client.get(reverse("gift_order")).content.decode()
    client.force_login(reader)
    form = {
        "plan": gift_plan.pk,
        "recipient_name": "Nora",
        "recipient_email": "nora@example.com",
        "giver_name": "Rafe",
        "message": "For the long evenings.",
        "deliver_on": localdate().isoformat(),
    }
    refused = client.post(reverse("gift_order"), {**form, "deliver_on": "2020-01-01"})
    assert "within the coming year" in refused.content.decode()
    till.pay(client.post(reverse("gift_order"), form)["Location"])
    session = Checkout.objects.get().stripe_id
    done = client.get(reverse("gift_done"), {"session_id": session})
    code = Gift.objects.get().code
    assert code in done.content.decode()
    assert code in client.get(reverse("gifts")).content.decode()

    client.force_login(friend)
    assert client.get(reverse("gift_done"), {"session_id": session}).status_code == 404
    assert client.get(reverse("gift_redeem"), {"code": "NOSUCHCODE"}).status_code == 400
    shown = client.get(reverse("gift_redeem"), {"code": code})
    assert ("For the long evenings." in shown.content.decode(), Grant.objects.count()) == (True, 0)
    client.post(reverse("gift_redeem"), {"code": code, "take": "1"})
    assert reads(friend)
    assert client.get(reverse("gift_readdress", args=(Gift.objects.get().pk,))).status_code == 404


def test_a_gift_withdrawn_before_its_payment_was_heard_of_is_paid_back(
    till: Till, reader: User, gift_plan: Plan
) -> None:
    gift = buy(till, reader, gift_plan)
    Payment.objects.all().delete()
    at = timezone.now()
    withdrawal = Withdrawal.objects.create(
        name="R", email=reader.email, user=reader, gift=gift, confirmed_at=at, state=Withdrawal.State.ACCEPTED
    )
    carry_out_withdrawal(withdrawal=withdrawal, at=at)
    gift.refresh_from_db()
    assert (withdrawal.state, gift.state) == (Withdrawal.State.EXECUTED, Gift.State.REFUNDED)
    assert Payment.objects.get().amount_refunded == gift.amount
