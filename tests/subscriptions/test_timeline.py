"""Real lives by a test clock, told in plain words; and what a single row says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localtime

from accounts.models import AuditEntry, Consent, User
from subscriptions.actions.grants import end_grant, give_comp
from subscriptions.actions.support import Ending, end_for_reader, refund_invoice
from subscriptions.models import Checkout, Dispute, Gift, Grant, Group, Invoice, Notice, Payment, Plan, Seat
from subscriptions.readers import dossier_of
from subscriptions.timeline import Happening, Records, timeline_of
from tests.factories.accounts import SupportFactory
from tests.subscriptions.conftest import Till
from tests.subscriptions.lives import START, Life, begin_life

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.fixture
def life(till: Till, reader: User) -> Life:
    User.objects.filter(pk=reader.pk).update(joined_at=START - timedelta(days=1))
    reader.refresh_from_db()
    return begin_life(till, reader)


def story(life: Life) -> list[str]:
    """The timeline, the first first, without the letters."""
    told = reversed(dossier_of(life.user, at=life.now).timeline)
    lines = [f"{localtime(line.at):%b %-d}: {line.text}" for line in told]
    return [line for line in lines if "Letter" not in line]


def test_a_card_declined_then_recovered(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    life.let_card_act("insufficient_funds")
    life.advance(days=28, hours=2)
    late = story(life)
    assert late[:3] == ["Jan 30: Made an account", "Jan 31: Subscribed to Monthly", "Jan 31: Paid $9"]
    assert late[3].startswith("Feb 28: Card declined (insufficient funds), next try on March 1, 2026")
    assert late[4:] == ["Feb 28: The subscription is now payment overdue"]
    life.advance(days=1)
    assert "Feb 28: Card declined (insufficient funds), tried again on March 1, 2026" in story(life)
    life.let_card_act("success")
    life.advance(days=3)
    assert story(life)[-2:] == ["Mar 2: Paid $9", "Mar 4: The subscription is now active"]


def test_an_upgrade_and_an_end(life: Life, plan: Plan, other_plan: Plan) -> None:
    life.subscribe(plan)
    life.advance(days=5)
    item = life.till.v1.subscriptions.retrieve(life.stripe_id)["items"].data[0].id
    change = {"items": [{"id": item, "price": other_plan.stripe_price_id}]}
    life.till.v1.subscriptions.update(life.stripe_id, {**change, "proration_behavior": "always_invoice"})
    life.advance(days=1)
    assert story(life)[1:3] == ["Jan 31: Subscribed to Monthly", "Jan 31: Paid $9"]
    assert story(life)[3] == "Feb 5: Changed to Yearly"
    assert story(life)[4].startswith("Feb 5: Paid $8")
    helper = SupportFactory.create(email="ona@example.org")
    end_for_reader(
        subscription=life.subscription, ending=Ending.NOW, reason="Moved away.", by=helper, at=life.now
    )
    told = story(life)
    assert told[-1] == "Feb 6: The subscription is now ended"
    assert "Feb 6: The subscription to Yearly ended" in told
    assert "Feb 6: Cancel subscription (by ona@example.org)" in told


def test_cancelled_to_the_period_then_over(life: Life, plan: Plan) -> None:
    life.subscribe(plan)
    life.till.v1.subscriptions.update(life.stripe_id, {"cancel_at_period_end": True})
    life.advance(days=1)
    assert story(life)[-1] == "Jan 31: Cancelled, to end on February 28, 2026"
    life.advance(days=30)
    assert story(life)[-2:] == [
        "Feb 28: The subscription to Monthly ended",
        "Mar 3: The subscription is now ended",
    ]


def test_a_trial_and_a_refund(life: Life, other_plan: Plan) -> None:
    life.subscribe(other_plan, trial_period_days=14)
    assert story(life)[-1] == "Jan 31: Began a trial of Yearly"
    life.advance(days=15)
    assert "Feb 14: The free time ended" in story(life)
    assert "Feb 14: Paid $90" in story(life)
    helper = SupportFactory.create(email="ona@example.org")
    invoice = life.subscription.invoices.get(total=9000)
    refund_invoice(invoice=invoice, amount=500, seen=0, reason="Late.", by=helper, at=life.now)
    told = story(life)
    assert "Feb 15: $5 of $90 given back" in told
    assert "Feb 15: Refund invoice (by ona@example.org)" in told


# ---------------------------------------------------------------------------------- a row at a time


def told_of(reader: User, **rows: Any) -> list[tuple[str, str, bool]]:
    """What these rows say, the latest first, without the account's own beginning."""
    lines: list[Happening] = timeline_of(Records(reader, **rows))
    return [(line.text, line.more, line.is_trouble) for line in lines if line.text != "Made an account"]


def test_access_given_and_ended_by_support_names_who_and_why(reader: User) -> None:
    helper = SupportFactory.create(name="Ona Terhaar")
    grant = give_comp(user=reader, ends_at=NOW + timedelta(days=30), reason="Lost issues.", by=helper, at=NOW)
    end_grant(grant=grant, reason="A mistake.", by=helper, at=NOW + timedelta(days=1))
    trail = list(AuditEntry.objects.all())
    grant = Grant.objects.get()
    assert told_of(reader, grants=[grant], trail=trail) == [
        (f"End access (by {helper.email})", "A mistake.", False),
        ("Ona Terhaar gave access until May 4, 2026: Lost issues.", "", False),
    ]


def a_plan() -> Plan:
    return Plan(key="m", name="Monthly", amount=900)


@pytest.mark.parametrize(
    ("state", "wall", "text", "more"),
    [
        ("open", "gate", "Went to pay for Monthly through the wall of /articles/tunnel/", "not finished yet"),
        ("expired", "", "Went to pay for Monthly from /articles/tunnel/", "and did not finish"),
    ],
)
def test_a_visit_to_the_till_that_came_to_nothing(
    reader: User, state: str, wall: str, text: str, more: str
) -> None:
    visit = Checkout(plan=a_plan(), state=state, wall=wall, return_path="/articles/tunnel/", created_at=NOW)
    assert told_of(reader, checkouts=[visit]) == [(text, more, False)]


@pytest.mark.parametrize(
    ("invoice", "text"),
    [
        ({"status": "open", "next_try_at": NOW + timedelta(days=3)}, "next try on May 6, 2026"),
        ({"status": "open"}, "not tried again by itself"),
    ],
)
def test_a_declined_card_says_when_it_is_tried_next(reader: User, invoice: dict[str, Any], text: str) -> None:
    row = Invoice(pk=1, currency="usd", total=900, created_at=NOW, **invoice)
    payment = Payment(
        pk=1, invoice=row, status="failed", failure_code="lost_card", amount=900, currency="usd",
        created_at=NOW, card_brand="visa", card_last4="4242",
    )  # fmt: skip
    assert told_of(reader, invoices=[row], payments=[payment]) == [
        (f"Card declined (lost card), {text}", "$9, Visa ending in 4242", True)
    ]


def test_disputes_gifts_seats_letters_and_consents_are_told(reader: User) -> None:
    other = SupportFactory.create()
    later = NOW + timedelta(hours=1)
    given = Gift(
        plan=a_plan(), giver=reader, recipient_name="Ilse Marn", amount=900, currency="usd",
        created_at=NOW, paid_at=NOW, refunded_at=later,
    )  # fmt: skip
    got = Gift(
        plan=a_plan(), giver=other, giver_name="Mother", recipient_name="Rafe", amount=900,
        currency="usd", created_at=NOW, delivered_at=NOW, redeemed_at=later,
    )  # fmt: skip
    dispute = Dispute(
        amount=900,
        currency="usd",
        status="lost",
        reason="product_not_received",
        opened_at=NOW,
        closed_at=later,
    )
    letters = [
        Notice(kind="welcome", subject="Welcome", sent_at=NOW),
        Notice(kind="renews", dropped_at=NOW, trouble="It has been cancelled."),
        Notice(kind="renews"),
    ]
    told = told_of(reader, gifts=[given, got], disputes=[dispute], notices=letters)
    assert sorted(told) == sorted(
        [
            ("Bought a gift of Monthly for Ilse Marn, $9", "", False),
            ("The gift for Ilse Marn was refunded and is void", "", False),
            ("Was sent a gift of Monthly by Mother", "", False),
            ("Redeemed the gift of Monthly from Mother", "", False),
            ("$9 disputed at the bank", "product not received", True),
            ("The dispute was closed: lost", "", True),
            ("Letter sent: Welcome", "", False),
            ("Letter not sent: renewal ahead", "It has been cancelled.", True),
        ]
    )
    consent = Consent(kind="terms", given_at=NOW)
    assert told_of(reader, consents=[consent]) == [("Agreed to: terms of a subscription", "", False)]
    assert told_of(reader, seats=[]) == []


def test_the_latest_comes_first_in_the_newsrooms_time(reader: User) -> None:
    lines = timeline_of(
        Records(reader, consents=[Consent(kind="terms", given_at=NOW + timedelta(days=n)) for n in (1, 3, 2)])
    )
    moments = [line.at for line in lines]
    assert moments == sorted(moments, reverse=True)


def test_seats_are_told_from_offer_to_return(reader: User) -> None:
    seat = Seat(
        group=Group(name="Harrow School"), invited_at=NOW, taken_at=NOW + timedelta(hours=1),
        returned_at=NOW + timedelta(hours=2),
    )  # fmt: skip
    assert [text for text, _, _ in told_of(reader, seats=[seat])] == [
        "The seat in Harrow School was taken back",
        "Took the seat in Harrow School",
        "Was offered a seat in Harrow School",
    ]
