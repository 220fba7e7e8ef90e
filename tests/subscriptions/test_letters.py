"""Every letter about money and access can be made, says what it must, and is no list mail (rule U9)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from kit.letters import Letter
from subscriptions.actions.notices import give_notice, send_notices
from subscriptions.emails import FACTS, letter_of
from subscriptions.models import Customer, Invoice, Notice, Plan, Status, Subscription

pytestmark = pytest.mark.django_db

AT = datetime(2026, 4, 10, 9, 30, tzinfo=UTC)
LATER = AT + timedelta(days=12)
NINE = {"amount": 900, "currency": "usd"}
SENT = {
    "name": "Rafe Idunsen",
    "contract": "Monthly, subscribed to on April 2, 2026",
    "statement": "I withdraw from my contract with EIR: Monthly.\n\nRafe Idunsen\nrafe@example.com",
    "confirmed_at": AT,
}
RISE = {
    "old_amount": 900,
    "new_amount": 1100,
    "currency": "usd",
    "interval": "month",
    "from_at": LATER,
    "reason": "Paper and postage cost a third more than when this price was set, in 2021.",
}

LETTERS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("welcome", {}, ["Every story is open", "$9 a month", "/withdraw/", "cancel online"]),
    ("trial_ends", {"ends_at": LATER, **NINE}, ["April 22, 2026", "$9", "Visa ending in 4242", "cancel"]),
    ("renews", {"renews_at": LATER, **NINE}, ["April 22, 2026", "$9", "cancel"]),
    (
        "payment_failed",
        {"attempt": 2, "next_try_at": LATER, "code": "insufficient_funds", "reads_until_at": LATER, **NINE},
        ["not enough money", "We try again on April 22, 2026", "https://pay.example/in_1"],
    ),
    (
        "payment_failed",
        {"attempt": 8, "next_try_at": None, "code": "generic_decline", **NINE},
        ["We will not try again by ourselves", "https://pay.example/in_1"],
    ),
    (
        "card_refused",
        {"code": "lost_card", **NINE},
        ["reported lost", "another card", "https://pay.example/in_1"],
    ),
    ("card_refused", {"code": "", **NINE}, ["no card on your account", "https://pay.example/in_1"]),
    ("confirm_payment", dict(NINE), ["confirm", "https://pay.example/in_1"]),
    ("access_stopped", {"is_over": False}, ["closed to you for now", "https://pay.example/in_1"]),
    ("access_stopped", {"is_over": True}, ["has ended", "/subscribe/"]),
    (
        "card_expires",
        {"card": "Visa ending in 4242", "expires": "04/2026", "renews_at": LATER, **NINE},
        ["Visa ending in 4242", "04/2026", "April 22, 2026"],
    ),
    ("recovered", dict(NINE), ["$9", "has been paid"]),
    ("paused", {"is_resumed": False, "resumes_at": LATER}, ["are paused", "until April 22, 2026"]),
    ("paused", {"is_resumed": False, "needs_card": True}, ["Add a card", "$9 a month"]),
    ("paused", {"is_resumed": True}, ["is over", "$9 a month"]),
    ("cancelled", {"ends_at": LATER}, ["April 22, 2026", "nothing more will be charged"]),
    (
        "ended",
        {"ended_at": AT, "why": "payment_disputed"},
        ["April 10, 2026, because a payment was disputed"],
    ),
    ("ended", {"ended_at": AT, "why": "", "reads_until_at": LATER}, ["you can read until April 22, 2026"]),
    (
        "changed",
        {
            "from_plan": "Monthly",
            "to_plan": "Yearly",
            "amount": 9000,
            "currency": "usd",
            "interval": "year",
            "starts_at": AT,
            "charged_amount": 8450,
        },
        ["Yearly", "$90 a year", "$84.50 was charged"],
    ),
    ("refunded", {"is_full": True, "total": 900, **NINE}, ["$9", "all that was paid"]),
    ("refunded", {"is_full": True, "what": "your gift for Ilse Marn", **NINE}, ["your gift for Ilse Marn"]),
    (
        "disputed",
        {"reason": "product not received", "payer": "Rafe Idunsen", **NINE},
        ["Rafe Idunsen contests", "product not received"],
    ),
    (
        "price_rise",
        RISE,
        ["$9 a month", "$11 a month", "April 22, 2026", "Paper and postage", "cancel before"],
    ),
    ("price_rise", {**RISE, "is_withdrawn": True}, ["It will not come", "$9 a month"]),
    (
        "gift",
        {
            "giver": "Sabine Orlund",
            "recipient": "Ilse Marn",
            "message": "For the long evenings.\n\nYour Sabine & Tom",
            "plan": "Yearly",
            "code": "WREN-4417-OAKS",
            "url": "https://eir.example/gifts/redeem/?code=WREN-4417-OAKS",
        },
        ["Dear Ilse Marn", "For the long evenings.", "Your Sabine & Tom", "WREN-4417-OAKS"],
    ),
    (
        "gift_receipt",
        {
            "recipient": "Ilse Marn",
            "recipient_email": "ilse@example.com",
            "plan": "Yearly",
            "amount": 9000,
            "currency": "usd",
            "deliver_on": LATER.date(),
        },
        ["ilse@example.com", "$90", "April 22, 2026", "/withdraw/"],
    ),
    (
        "seat_invitation",
        {"group": "Harbour School", "owner": "Tove Harrack", "url": "https://eir.example/seats/abc/"},
        ["Tove Harrack", "Harbour School", "https://eir.example/seats/abc/"],
    ),
    ("seat_returned", {"group": "Harbour School"}, ["Harbour School", "/subscribe/"]),
    (
        "withdrawal",
        {"stage": "received", "url": "https://eir.example/withdraw/claim/1:x/", **SENT},
        [str(SENT["statement"]), "05:30:00 EDT", "https://eir.example/withdraw/claim/1:x/"],
    ),
    (
        "withdrawal",
        {"stage": "received", "is_matched": True, **SENT},
        ["carry it out at once", "05:30:00 EDT"],
    ),
    (
        "withdrawal",
        {"stage": "received", "is_matched": False, **SENT},
        ["A person here looks for the contract"],
    ),
    (
        "withdrawal",
        {"stage": "executed", **SENT, **NINE, "kept_amount": 120},
        ["given back $9", "$1.20 is kept"],
    ),
    ("withdrawal", {"stage": "refused", "reason": "It was in 2021.", **SENT}, ["It was in 2021."]),
    ("comp", {"reason": "You wrote for us in March.", "ends_at": None}, ["You wrote for us in March."]),
]


@pytest.fixture
def subscription(db: None) -> Subscription:
    """Rafe Idunsen's, at $9 a month on a Visa."""
    user = User.objects.create_user("rafe@example.com", name="Rafe Idunsen")
    customer = Customer.objects.create(user=user, stripe_id="cus_letters")
    plan = Plan.objects.create(key="monthly", name="Monthly", amount=900, stripe_price_id="price_1")
    return Subscription.objects.create(
        customer=customer,
        plan=plan,
        stripe_id="sub_letters",
        status=Status.ACTIVE,
        started_at=AT,
        period_start_at=AT,
        period_end_at=AT + timedelta(days=30),
        cancelled_at=AT,
        amount=900,
        card_brand="visa",
        card_last4="4242",
        card_expires="04/2026",
        synced_at=AT,
    )


@pytest.fixture
def invoice(subscription: Subscription) -> Invoice:
    return Invoice.objects.create(
        customer=subscription.customer,
        subscription=subscription,
        stripe_id="in_letters",
        status=Invoice.Status.OPEN,
        currency="usd",
        subtotal=900,
        total=900,
        amount_due=900,
        hosted_url="https://pay.example/in_1",
        created_at=AT,
        synced_at=AT,
    )


def give(kind: str, facts: dict[str, Any], subscription: Subscription, invoice: Invoice) -> Notice:
    is_strangers = kind in ("gift", "seat_invitation", "withdrawal")
    notice = give_notice(
        kind=Notice.Kind(kind),
        key=str(Notice.objects.count()),
        address="rafe@example.com",
        user=None if is_strangers else subscription.customer.user,
        subscription=None if is_strangers or kind in ("comp", "gift_receipt") else subscription,
        invoice=None if is_strangers else invoice,
        facts=facts,
        at=AT,
    )
    assert notice is not None
    return notice


def test_every_kind_of_letter_is_tried_here() -> None:
    assert {kind for kind, _, _ in LETTERS} == set(Notice.Kind.values) == set(FACTS)


@pytest.mark.parametrize(("kind", "facts", "says"), LETTERS)
def test_a_letter_says_what_it_must(
    kind: str, facts: dict[str, Any], says: list[str], subscription: Subscription, invoice: Invoice
) -> None:
    letter = letter_of(give(kind, facts, subscription, invoice))
    html = as_text(letter)
    for words in says:
        assert words in letter.text
        assert re.sub(r"\s+", " ", words) in html
    assert 0 < len(letter.subject) < 70
    assert "{" not in letter.subject + letter.text
    assert "\n\n\n" not in letter.text
    assert "None" not in letter.text + html


def as_text(letter: Letter) -> str:
    """The HTML as words, with the addresses that links lead to."""
    linked = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>', r" \1 ", letter.html)
    words = re.sub(r"<(style|title)[^>]*>.*?</\1>", " ", linked, flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", " ", words).replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", '"')
    return re.sub(r"\s+([,.;:])", r"\1", re.sub(r"\s+", " ", plain))


def test_u9_letters_about_money_carry_no_list_headers(subscription: Subscription, invoice: Invoice) -> None:
    for kind, facts, _ in LETTERS:
        give(kind, facts, subscription, invoice)
    send_notices(at=AT)
    assert len(mail.outbox) > 20
    for message in mail.outbox:
        assert [name for name in message.message() if name.startswith(("List-", "Precedence"))] == []
        assert "accounts@" in message.from_email


def test_a_letter_lacking_a_fact_is_never_given(subscription: Subscription, invoice: Invoice) -> None:
    with pytest.raises(ValueError, match="needs next_try_at"):
        give("payment_failed", {"attempt": 1, **NINE}, subscription, invoice)
    assert Notice.objects.count() == 0
