"""Rule L1: withdrawing from a contract within 14 days, without signing in, in two steps."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry, Consent, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.notices import send_notices
from subscriptions.actions.withdrawals import (
    CannotWithdraw,
    accept_withdrawal,
    carry_out_withdrawals,
    kept_of,
    refuse_withdrawal,
)
from subscriptions.contracts import contract_of
from subscriptions.gateways import StripeUnavailable
from subscriptions.models import Customer, Invoice, Notice, Payment, Plan, Status, Subscription, Withdrawal
from subscriptions.queries import grants_of
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db

SIGNED = re.compile(r'name="statement" value="([^"]+)"')


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def subscription(till: Till, reader: User, plan: Plan) -> Subscription:
    """Bought a moment ago."""
    stripe_id = till.subscribe(reader, plan).id
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    return Subscription.objects.get(stripe_id=stripe_id)


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create_user("support@example.com", name="Tove Harrack")


def review(client: Client, **form: str) -> str:
    """The first step; returns what the second step's form carries."""
    answer = client.post("/withdraw/", form)
    assert answer.status_code == 200
    found = SIGNED.search(answer.content.decode())
    assert found is not None
    return found[1]


def by_mail(email: str) -> dict[str, str]:
    return {"name": "Rafe Idunsen", "email": email, "contract": "The monthly plan, bought this week"}


def confirm(client: Client, signed: str) -> Any:
    return client.post("/withdraw/confirm/", {"statement": signed})


def letters() -> list[str]:
    """Send what waits; the texts of all letters about withdrawals so far."""
    send_notices(at=timezone.now())
    told = Notice.objects.filter(kind="withdrawal").values_list("subject", flat=True)
    return [str(message.body) for message in mail.outbox if message.subject in set(told)]


def test_l1_the_function_is_labelled_and_on_every_page(client: Client) -> None:
    page = client.get("/withdraw/").content.decode()
    assert '<a href="/withdraw/">Withdraw from contract here</a>' in page


def test_l1_the_second_step_shows_the_statement_and_its_button(client: Client) -> None:
    answer = client.post("/withdraw/", by_mail("rafe@example.com"))
    page = answer.content.decode()
    assert re.findall(r'<button class="button" type="submit">(.*?)</button>', page) == ["Confirm withdrawal"]
    assert escape("The monthly plan, bought this week") in page
    assert Withdrawal.objects.count() == 0


def test_l1_signed_in_it_is_carried_out_at_once(
    client: Client, subscription: Subscription, reader: User
) -> None:
    client.force_login(reader)
    page = client.get("/withdraw/").content.decode()
    assert f'value="subscription-{subscription.pk}"' in page
    signed = review(
        client, name="Rafe Idunsen", email=reader.email, choice=f"subscription-{subscription.pk}", contract=""
    )
    answer = client.post("/withdraw/confirm/", {"statement": signed}, follow=True)
    assert "We have received your withdrawal" in answer.content.decode()

    withdrawal = Withdrawal.objects.get()
    subscription.refresh_from_db()
    assert (withdrawal.state, withdrawal.refund_amount) == (Withdrawal.State.EXECUTED, 900)
    assert subscription.status == Status.CANCELED
    assert Payment.objects.get().amount_refunded == 900
    assert grants_of(reader, at=timezone.now()) == ()
    received, executed = letters()
    assert withdrawal.statement in received
    assert timezone.localtime(withdrawal.confirmed_at).strftime("%H:%M:%S") in received
    assert "$9" in executed
    assert [entry.action for entry in AuditEntry.about(withdrawal).order_by("pk")] == [
        "receive withdrawal",
        "accept withdrawal",
        "carry out withdrawal",
    ]
    assert set(Notice.objects.values_list("kind", flat=True)) == {"welcome", "withdrawal"}


def test_l1_sent_twice_it_counts_once(client: Client, subscription: Subscription, reader: User) -> None:
    client.force_login(reader)
    signed = review(
        client, name="R", email=reader.email, choice=f"subscription-{subscription.pk}", contract=""
    )
    first, second = confirm(client, signed), confirm(client, signed)
    assert first["Location"] == second["Location"]
    assert Withdrawal.objects.count() == 1
    assert Payment.objects.get().amount_refunded == 900
    assert len(letters()) == 2


def test_l1_without_signing_in_the_letter_leads_the_owner_to_carry_it_out(
    client: Client, subscription: Subscription, reader: User
) -> None:
    confirm(client, review(client, **by_mail(reader.email)))
    withdrawal = Withdrawal.objects.get()
    assert (withdrawal.state, withdrawal.user) == (Withdrawal.State.RECEIVED, None)
    (letter,) = letters()
    link = re.search(r"/withdraw/claim/\S+", letter)
    assert link is not None
    assert subscription.plan is not None
    assert subscription.plan.name in client.get(link[0]).content.decode()
    withdrawal.refresh_from_db()
    assert withdrawal.state == Withdrawal.State.RECEIVED  # a mail scanner follows links and does nothing

    client.post(link[0])
    withdrawal.refresh_from_db()
    subscription.refresh_from_db()
    assert (withdrawal.state, withdrawal.user) == (Withdrawal.State.EXECUTED, reader)
    assert subscription.status == Status.CANCELED
    client.post(link[0])
    assert Payment.objects.get().amount_refunded == 900


def test_l1_nobody_learns_from_the_page_who_has_an_account(
    client: Client, subscription: Subscription, reader: User
) -> None:
    pages = []
    for address in (reader.email, "nobody@example.com"):
        with time_machine.travel(timezone.now(), tick=False):
            page = client.get(
                confirm(client, review(client, **by_mail(address)))["Location"]
            ).content.decode()
        pages.append(re.sub(r"\d\d:\d\d:\d\d", "", page.replace(address, "")))
    assert pages[0] == pages[1]
    theirs, nobodys = letters()
    assert "/withdraw/claim/" in theirs
    assert "/withdraw/claim/" not in nobodys


def test_l1_the_receipts_address_does_not_open_the_claim(
    client: Client, subscription: Subscription, reader: User
) -> None:
    """Whoever types someone else's address gets the receipt's address, and must not end their contract."""
    receipt = confirm(client, review(client, **by_mail(reader.email)))["Location"]
    token = receipt.removeprefix("/withdraw/received/")
    assert client.post(f"/withdraw/claim/{token}").status_code == 404
    subscription.refresh_from_db()
    assert subscription.status == Status.ACTIVE


def test_l1_a_forged_statement_leads_back_to_the_form(client: Client) -> None:
    answer = confirm(client, "eyJuYW1lIjoiUiJ9:1abc:forged")
    assert (answer.status_code, answer["Location"]) == (302, "/withdraw/")
    assert Withdrawal.objects.count() == 0


def test_l1_outside_the_window_it_is_received_and_staff_decide(
    client: Client, subscription: Subscription, reader: User, staff: User
) -> None:
    Subscription.objects.update(started_at=timezone.now() - timedelta(days=20))
    client.force_login(reader)
    assert f"subscription-{subscription.pk}" not in client.get("/withdraw/").content.decode()
    confirm(client, review(client, **by_mail(reader.email)))
    withdrawal = Withdrawal.objects.get()
    assert withdrawal.state == Withdrawal.State.RECEIVED
    assert "/withdraw/claim/" not in letters()[0]

    with pytest.raises(CannotWithdraw):
        refuse_withdrawal(withdrawal=withdrawal, reason=" ", by=staff, at=timezone.now())
    refuse_withdrawal(withdrawal=withdrawal, reason="The 14 days are over.", by=staff, at=timezone.now())
    assert withdrawal.state == Withdrawal.State.REFUSED
    assert "The 14 days are over." in letters()[1]
    subscription.refresh_from_db()
    assert subscription.status == Status.ACTIVE
    with pytest.raises(CannotWithdraw):
        refuse_withdrawal(withdrawal=withdrawal, reason="Again.", by=staff, at=timezone.now())


def test_staff_match_a_statement_and_have_it_carried_out(
    client: Client, subscription: Subscription, staff: User
) -> None:
    confirm(client, review(client, **by_mail("another-address@example.com")))
    withdrawal = Withdrawal.objects.get()
    accept_withdrawal(
        withdrawal=withdrawal,
        contract=contract_of(subscription),
        reason="Found by the name on the card.",
        by=staff,
        at=timezone.now(),
    )
    carry_out_withdrawals(at=timezone.now())
    withdrawal.refresh_from_db()
    subscription.refresh_from_db()
    assert (withdrawal.state, withdrawal.settled_by) == (Withdrawal.State.EXECUTED, staff)
    assert subscription.status == Status.CANCELED
    addresses = Notice.objects.filter(kind="withdrawal").values_list("address", flat=True)
    assert list(addresses) == ["another-address@example.com"] * 2


def test_stripe_away_it_is_received_confirmed_and_carried_out_later(
    client: Client, subscription: Subscription, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise StripeUnavailable("timeout")

    client.force_login(reader)
    signed = review(
        client, name="R", email=reader.email, choice=f"subscription-{subscription.pk}", contract=""
    )
    with monkeypatch.context() as patch:
        patch.setattr("subscriptions.actions.withdrawals.refund_payment", away)
        confirm(client, signed)
        carry_out_withdrawals(at=timezone.now())
    withdrawal = Withdrawal.objects.get()
    assert withdrawal.state == Withdrawal.State.ACCEPTED
    assert len(letters()) == 1

    carry_out_withdrawals(at=timezone.now())
    carry_out_withdrawals(at=timezone.now())
    withdrawal.refresh_from_db()
    assert withdrawal.state == Withdrawal.State.EXECUTED
    assert Payment.objects.get().amount_refunded == 900
    assert len(letters()) == 2


def test_pro_rata_keeps_the_days_read_of_those_who_agreed(
    subscription: Subscription, reader: User, settings: Settings
) -> None:
    settings.WITHDRAWAL_REFUND = "pro_rata"
    line = Invoice.objects.get().lines.get()
    starts = datetime(2026, 4, 1, 9, tzinfo=UTC)
    line.period_start_at, line.period_end_at = starts, starts + timedelta(days=30)
    line.save()
    withdrawal = Withdrawal(
        subscription=subscription, user=reader, confirmed_at=starts + timedelta(days=10, hours=5)
    )
    payment = Payment.objects.get()
    assert kept_of(payment, withdrawal) == 0  # nobody asked for reading to begin at once
    Consent.objects.create(
        user=reader,
        kind=Consent.Kind.EARLY_START,
        text="Begin at once.",
        source="/subscribe/",
        given_at=starts - timedelta(minutes=5),
    )
    assert kept_of(payment, withdrawal) == 300
    settings.WITHDRAWAL_REFUND = "full"
    assert kept_of(payment, withdrawal) == 0


@pytest.mark.parametrize(("day", "is_open"), [("2026-03-15T23:59:59", True), ("2026-03-16T00:00:00", False)])
def test_the_fourteenth_day_counts_to_its_end(
    subscription: Subscription, settings: Settings, day: str, is_open: bool
) -> None:
    with timezone.override("Europe/Berlin"):  # one hour ahead of UTC in March
        subscription.started_at = datetime(2026, 3, 1, 7, tzinfo=UTC)
        assert contract_of(subscription).is_open(datetime.fromisoformat(f"{day}+01:00")) == is_open


def test_who_cancelled_at_once_can_still_have_their_money_back(
    client: Client, till: Till, subscription: Subscription, reader: User
) -> None:
    till.v1.subscriptions.cancel(subscription.stripe_id)
    sync_customer(customer=subscription.customer, at=timezone.now())
    client.force_login(reader)
    key = f"subscription-{subscription.pk}"
    confirm(client, review(client, name="R", email=reader.email, choice=key, contract=""))
    assert Withdrawal.objects.get().state == Withdrawal.State.EXECUTED
    assert Payment.objects.get().amount_refunded == 900
    assert key not in client.get("/withdraw/").content.decode()


def test_an_address_is_limited(client: Client) -> None:
    signed = review(client, **by_mail("rafe@example.com"))
    answers = [confirm(client, signed).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
