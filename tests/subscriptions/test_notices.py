"""Letters go out once, whatever fails; and never to those they are no longer for (rule U9)."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection

from accounts.models import AuditEntry, User
from subscriptions.actions.notices import give_notice, resend_notice, send_notice, send_notices
from subscriptions.models import Customer, Invoice, Notice, Plan, Status, Subscription

pytestmark = pytest.mark.django_db

AT = datetime(2026, 4, 10, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def reader(db: None) -> User:
    return User.objects.create_user("rafe@example.com", name="Rafe Idunsen")


def give(reader: User, key: str = "march", **more: Any) -> Notice | None:
    facts = {"reason": "You wrote for us.", "ends_at": None}
    values = {"kind": Notice.Kind.COMP, "facts": facts, **more}
    return give_notice(key=key, address=reader.email, user=reader, at=AT, **values)


def test_a_letter_is_given_once_and_sent_once(reader: User) -> None:
    assert give(reader) is not None
    assert give(reader) is None
    assert send_notices(at=AT) == 1
    assert send_notices(at=AT + timedelta(days=1)) == 0
    assert [message.to for message in mail.outbox] == [["rafe@example.com"]]
    notice = Notice.objects.get()
    assert (notice.sent_at, notice.subject) == (AT, "You can read everything, with our compliments")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_it_once(reader: User) -> None:
    values = {"kind": "comp", "key": "march", "address": reader.email, "given_at": AT, "due_at": AT}
    Notice.objects.create(**values, user=reader, facts={"reason": "You wrote for us.", "ends_at": None})
    rows = [Notice.objects.get() for _ in range(2)]
    sent: list[bool] = []

    def work(notice: Notice) -> None:
        sent.append(send_notice(notice=notice, at=AT))
        connection.close()

    threads = [threading.Thread(target=work, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False, True]
    assert len(mail.outbox) == 1


def test_a_mail_server_in_trouble_is_asked_again_less_and_less_often_then_no_more(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: EmailMessage) -> int:
        raise SMTPServerDisconnected("Connection unexpectedly closed")

    give(reader)
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", fail)
        now, tries = AT, []
        while not Notice.objects.get().dropped_at:
            send_notices(at=now)
            tries.append(now)
            now = Notice.objects.get().due_at
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses[:3] == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE]
    assert max(pauses) == timedelta(hours=6)
    assert timedelta(days=3) <= tries[-1] - AT < timedelta(days=4)
    assert Notice.objects.get().trouble == "SMTPServerDisconnected: Connection unexpectedly closed"
    assert send_notices(at=now + timedelta(days=9)) == 0


def test_an_address_that_is_refused_for_good_is_given_up_at_once(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: EmailMessage) -> int:
        raise SMTPRecipientsRefused({"rafe@example.com": (550, b"No such mailbox")})

    give(reader)
    monkeypatch.setattr(EmailMessage, "send", refuse)
    send_notices(at=AT)
    assert Notice.objects.get().dropped_at == AT


def test_one_letter_that_cannot_be_made_keeps_no_other_back(reader: User) -> None:
    give(reader, "broken")
    Notice.objects.update(facts={"ends_at": "no date"})
    give(reader, "whole")
    assert send_notices(at=AT) == 1
    broken = Notice.objects.get(key="broken")
    assert (broken.sent_at, broken.attempts) == (None, 1)
    assert broken.trouble.startswith("ValueError: ")


def test_u9_nothing_is_written_to_an_account_that_is_switched_off(reader: User) -> None:
    give(reader, "before")
    reader.is_active = False
    reader.save()
    assert give(reader, "after") is None
    assert send_notices(at=AT) == 0
    assert Notice.objects.get().trouble == "The account is switched off."
    assert mail.outbox == []


def test_u9_an_erased_reader_takes_their_letters_along(reader: User) -> None:
    give(reader)
    reader.delete()
    assert send_notices(at=AT) == 0
    assert mail.outbox == []


def test_staff_send_a_letter_again_and_it_is_recorded(reader: User) -> None:
    give(reader)
    send_notices(at=AT)
    notice = Notice.objects.get()
    resend_notice(notice=notice, reason="They cannot find it.", by=reader, at=AT + MINUTE)
    assert send_notices(at=AT + MINUTE) == 1
    assert len(mail.outbox) == 2
    assert AuditEntry.about(notice).get().reason == "They cannot find it."


# ------------------------------------------------------------------------------- what no longer holds


@pytest.fixture
def subscription(reader: User) -> Subscription:
    customer = Customer.objects.create(user=reader, stripe_id="cus_1")
    plan = Plan.objects.create(key="monthly", name="Monthly", amount=900, stripe_price_id="price_1")
    return Subscription.objects.create(
        customer=customer,
        plan=plan,
        stripe_id="sub_1",
        status=Status.PAST_DUE,
        started_at=AT,
        period_start_at=AT,
        period_end_at=AT + timedelta(days=30),
        amount=900,
        synced_at=AT,
    )


@pytest.fixture
def invoice(subscription: Subscription) -> Invoice:
    return Invoice.objects.create(
        customer=subscription.customer,
        subscription=subscription,
        stripe_id="in_1",
        status=Invoice.Status.OPEN,
        currency="usd",
        subtotal=900,
        total=900,
        amount_due=900,
        created_at=AT,
        synced_at=AT,
    )


NINE = {"amount": 900, "currency": "usd"}
FAILED = {"attempt": 1, "next_try_at": None, **NINE}


def test_payment_failed_is_dropped_when_it_was_paid_meanwhile_and_so_is_recovered(
    reader: User, subscription: Subscription, invoice: Invoice
) -> None:
    about: dict[str, Any] = {"subscription": subscription, "invoice": invoice}
    give(reader, "in_1:1", kind=Notice.Kind.PAYMENT_FAILED, facts=FAILED, **about)
    Invoice.objects.update(status=Invoice.Status.PAID)
    give(reader, "in_1", kind=Notice.Kind.RECOVERED, facts=NINE, **about)
    assert send_notices(at=AT) == 0
    assert list(Notice.objects.order_by("pk").values_list("trouble", flat=True)) == [
        "The invoice is paid by now.",
        "Its reader was never told of the trouble.",
    ]


def test_recovered_goes_to_those_who_got_the_letter_before(
    reader: User, subscription: Subscription, invoice: Invoice
) -> None:
    about: dict[str, Any] = {"subscription": subscription, "invoice": invoice}
    give(reader, "in_1:1", kind=Notice.Kind.PAYMENT_FAILED, facts=FAILED, **about)
    send_notices(at=AT)
    Invoice.objects.update(status=Invoice.Status.PAID)
    give(reader, "in_1", kind=Notice.Kind.RECOVERED, facts=NINE, **about)
    assert send_notices(at=AT) == 1


@pytest.mark.parametrize(
    ("kind", "facts", "meanwhile", "why"),
    [
        (
            "renews",
            {"renews_at": AT + timedelta(days=3), **NINE},
            {"status": "active", "cancels_at": AT + timedelta(days=3)},
            "It will not be charged: cancelled or ended meanwhile.",
        ),
        (
            "trial_ends",
            {"ends_at": AT - MINUTE, **NINE},
            {"status": "trialing"},
            "What it announces has passed.",
        ),
        ("access_stopped", {"is_over": False}, {"status": "active"}, "The subscription is active again."),
        ("cancelled", {"ends_at": AT}, {"status": "active"}, "The cancellation was taken back."),
    ],
)
def test_a_letter_that_no_longer_holds_is_dropped(
    kind: str, facts: dict[str, Any], meanwhile: dict[str, Any], why: str, subscription: Subscription
) -> None:
    owner = subscription.customer.user
    give(owner, kind=Notice.Kind(kind), facts=facts, subscription=subscription)
    Subscription.objects.update(**meanwhile)
    assert send_notices(at=AT) == 0
    assert Notice.objects.get().trouble == why
