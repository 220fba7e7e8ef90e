"""Staff's pages about price rises, withdrawals and letters, beside the admin."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.roles import PUBLISHER, SUPPORT, WRITER
from subscriptions.actions.books import sync_customer
from subscriptions.actions.notices import give_notice
from subscriptions.models import (
    Customer,
    Notice,
    Plan,
    PlanPrice,
    PriceRise,
    PriceRiseStep,
    Status,
    Subscription,
    Withdrawal,
)
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_factor(settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = False


def at_work(role: str) -> Client:
    """Someone of the house, signed in."""
    user = User.objects.create_user(f"{role.lower()}@example.com", name=f"{role} Vale", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def rise(db: None) -> PriceRise:
    """$11 instead of $9, for one of two subscribers: the other pays $11 already."""
    plan = Plan.objects.create(key="monthly", name="Monthly", amount=1100, stripe_price_id="price_2")
    PlanPrice.objects.create(
        plan=plan, stripe_id="price_2", currency="usd", amount=1100, interval="month", is_current=True
    )
    now = timezone.now()
    for name, amount in (("ann", 900), ("bea", 1100)):
        user = User.objects.create_user(f"{name}@example.com", name=name.title())
        Subscription.objects.create(
            customer=Customer.objects.create(user=user, stripe_id=f"cus_{name}"),
            plan=plan,
            stripe_id=f"sub_{name}",
            status=Status.ACTIVE,
            started_at=now,
            period_start_at=now,
            period_end_at=now + timedelta(days=30),
            amount=amount,
            synced_at=now,
        )
    return PriceRise.objects.create(plan=plan, starts_at=datetime(2031, 1, 1, tzinfo=UTC), reason="Paper.")


def test_a_rise_is_looked_over_announced_and_withdrawn(rise: PriceRise) -> None:
    publisher = at_work(PUBLISHER)
    page = publisher.get(f"/admin/books/price-rises/{rise.pk}/").content.decode()
    assert "Announce to 1 subscriber<" in page
    assert re.search(r"<td>\$9</td><td>\$11</td>", page)

    publisher.post(f"/admin/books/price-rises/{rise.pk}/", {"do": "announce"})
    rise.refresh_from_db()
    assert rise.state == PriceRise.State.ANNOUNCED
    assert PriceRiseStep.objects.get().subscription.stripe_id == "sub_ann"

    publisher.post(f"/admin/books/price-rises/{rise.pk}/", {"do": "withdraw", "reason": " "})
    rise.refresh_from_db()
    assert rise.state == PriceRise.State.ANNOUNCED
    publisher.post(f"/admin/books/price-rises/{rise.pk}/", {"do": "withdraw", "reason": "A slip."})
    rise.refresh_from_db()
    assert rise.state == PriceRise.State.WITHDRAWN
    assert "A slip." in publisher.get(f"/admin/books/price-rises/{rise.pk}/").content.decode()


def test_only_a_draft_can_be_changed(rise: PriceRise) -> None:
    publisher = at_work(PUBLISHER)
    form = f"/admin/subscriptions/pricerise/{rise.pk}/change/"
    assert 'name="reason"' in publisher.get(form).content.decode()
    PriceRise.objects.update(state=PriceRise.State.ANNOUNCED)
    assert 'name="reason"' not in publisher.get(form).content.decode()


@pytest.mark.parametrize("role", [SUPPORT, WRITER])
def test_support_and_writers_raise_no_price(rise: PriceRise, role: str) -> None:
    client = at_work(role)
    url = f"/admin/books/price-rises/{rise.pk}/"
    assert client.get(url).status_code == 403
    assert client.post(url, {"do": "announce"}).status_code == 403
    rise.refresh_from_db()
    assert rise.state == PriceRise.State.DRAFT


@pytest.fixture
def subscription(till: Till, reader: User, plan: Plan) -> Subscription:
    stripe_id = till.subscribe(reader, plan).id
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    return Subscription.objects.get(stripe_id=stripe_id)


@pytest.fixture
def withdrawal(db: None) -> Withdrawal:
    """From an address no account has."""
    return Withdrawal.objects.create(
        name="Rafe Idunsen",
        email="elsewhere@example.com",
        contract="Monthly",
        statement="I withdraw.",
        confirmed_at=timezone.now(),
    )


def test_support_finds_the_contract_and_has_the_withdrawal_carried_out(
    withdrawal: Withdrawal, subscription: Subscription, reader: User
) -> None:
    support = at_work(SUPPORT)
    url = f"/admin/books/withdrawals/{withdrawal.pk}/"
    assert "No account with that address has a contract." in support.get(url).content.decode()
    key = f"subscription-{subscription.pk}"
    assert f'value="{key}"' in support.get(url, {"reader": reader.email}).content.decode()

    chosen = {"do": "accept", "reader": reader.email, "contract": key, "reason": "Named the card's digits."}
    support.post(url, chosen)
    withdrawal.refresh_from_db()
    subscription.refresh_from_db()
    assert withdrawal.state == Withdrawal.State.EXECUTED
    assert subscription.status == Status.CANCELED
    assert "Named the card" in support.get(url).content.decode()


def test_support_refuses_with_a_reason(withdrawal: Withdrawal) -> None:
    support = at_work(SUPPORT)
    url = f"/admin/books/withdrawals/{withdrawal.pk}/"
    support.post(url, {"do": "refuse", "reason": ""})
    withdrawal.refresh_from_db()
    assert withdrawal.state == Withdrawal.State.RECEIVED
    support.post(url, {"do": "refuse", "reason": "It was in 2021."})
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.note) == (Withdrawal.State.REFUSED, "It was in 2021.")


def test_writers_see_no_withdrawal_and_no_letter(withdrawal: Withdrawal, reader: User) -> None:
    client = at_work(WRITER)
    notice = comp(reader)
    assert client.get(f"/admin/books/withdrawals/{withdrawal.pk}/").status_code == 403
    assert client.get(f"/admin/books/letters/{notice.pk}/").status_code == 403


def comp(reader: User) -> Notice:
    notice = give_notice(
        kind=Notice.Kind.COMP,
        key="march",
        address=reader.email,
        user=reader,
        facts={"reason": "You wrote <b>for us</b>.", "ends_at": None},
        at=timezone.now(),
    )
    assert notice is not None
    return notice


def test_support_reads_a_letter(reader: User) -> None:
    notice = comp(reader)
    page = at_work(SUPPORT).get(f"/admin/books/letters/{notice.pk}/").content.decode()
    assert "You wrote &lt;b&gt;for us&lt;/b&gt;." in page
    assert reader.email in page


@pytest.mark.parametrize("noun", ["notice", "withdrawal", "pricerise"])
def test_the_lists_open(noun: str, withdrawal: Withdrawal, rise: PriceRise) -> None:
    give_notice(
        kind=Notice.Kind.SEAT_RETURNED,
        key="1",
        address="ann@example.com",
        facts={"group": "Harbour School"},
        at=timezone.now(),
    )
    page = at_work(PUBLISHER).get(f"/admin/subscriptions/{noun}/")
    assert page.status_code == 200
    expected = {
        "notice": "ann@example.com",
        "withdrawal": "Rafe Idunsen",
        "pricerise": "Look over and announce",
    }
    assert expected[noun] in page.content.decode()
