"""What a reader is told about their subscription, in every state of section 7."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from subscriptions.models import Customer, Grant, Plan, Status, Subscription
from subscriptions.queries import latest_subscription
from subscriptions.standing import standing_of
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 3, 3, 12, tzinfo=UTC)
PAY = "https://invoice.stripe.com/i/1"


def subscription(user: User, status: str, **values: object) -> Subscription:
    plan, _ = Plan.objects.get_or_create(key="m", defaults={"name": "Monthly", "amount": 900})
    customer, _ = Customer.objects.get_or_create(user=user, defaults={"stripe_id": f"cus_{user.pk}"})
    defaults = {
        "started_at": BEGAN,
        "period_start_at": BEGAN,
        "period_end_at": BEGAN + timedelta(days=31),
        "synced_at": BEGAN,
        "pay_url": PAY,
    }
    facts = {"stripe_id": f"sub_{status}", "customer": customer, "plan": plan, "status": status}
    return Subscription.objects.create(**{**defaults, **facts, **values})


@pytest.mark.parametrize(
    ("status", "values", "title", "detail", "pay_url"),
    [
        (Status.ACTIVE, {}, "Active", "Renews on April 3, 2026 for $9.", ""),
        (
            Status.TRIALING,
            {"trial_end_at": BEGAN + timedelta(days=14)},
            "On trial",
            "Free until March 17, 2026",
            "",
        ),
        (
            Status.ACTIVE,
            {"cancels_at": BEGAN + timedelta(days=31)},
            "Ends on April 3, 2026",
            "or resume before",
            "",
        ),
        (Status.PAST_DUE, {}, "did not go through", "you keep reading until March 24, 2026", PAY),
        (Status.UNPAID, {}, "Unpaid", "Access has stopped", PAY),
        (Status.INCOMPLETE, {}, "Finish your payment", "nothing was charged", PAY),
        (Status.PAUSED, {}, "Paused", "Add one to read on", ""),
        (Status.INCOMPLETE_EXPIRED, {}, "Not started", "nothing was charged", ""),
        (Status.CANCELED, {"ended_at": BEGAN + timedelta(days=5)}, "Ended", "ended on March 8, 2026", ""),
    ],
)
def test_every_state_is_put_in_words(
    reader: User, status: str, values: dict[str, datetime], title: str, detail: str, pay_url: str
) -> None:
    standing = standing_of(subscription(reader, status, **values))
    assert standing is not None
    assert title in standing.title
    assert detail in standing.detail
    assert standing.pay_url == pay_url


def test_nobody_is_told_about_what_they_never_had() -> None:
    assert standing_of(None) is None


def page_of(reader: User) -> str:
    browser = Client()
    browser.force_login(reader)
    answer = browser.get("/account/")
    assert "no-store" in answer["Cache-Control"]
    return answer.text


def test_the_account_page_says_why_someone_can_read(reader: User) -> None:
    now = timezone.now()
    Grant.objects.create(user=reader, source="comp", starts_at=now, reason="With thanks for your letters.")
    Grant.objects.create(
        user=reader,
        source="comp",
        starts_at=now - timedelta(days=9),
        ends_at=now,
        reason="A gift that is over.",
    )
    page = page_of(reader)
    assert ("With thanks for your letters." in page, "A gift that is over." in page) == (True, False)


def test_the_account_page_of_someone_without_anything_leads_to_the_plans(reader: User) -> None:
    page = page_of(reader)
    assert 'href="/subscribe/"' in page
    assert "Manage or cancel" not in page


def test_the_account_page_is_nobody_elses(reader: User) -> None:
    assert Client().get("/account/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_portal_opens_and_what_was_done_there_shows_on_return(
    till: Till, reader: User, plan: Plan
) -> None:
    stripe_id = till.subscribe(reader, plan).id
    browser = Client()
    browser.force_login(reader)
    assert browser.post("/account/portal/")["Location"].startswith(till.url)

    till.v1.subscriptions.update(stripe_id, {"cancel_at_period_end": True})
    page = browser.get("/account/returned/", follow=True).text
    assert "Ends on" in page


def test_the_portal_is_not_opened_by_a_link(reader: User) -> None:
    browser = Client()
    browser.force_login(reader)
    assert browser.get("/account/portal/").status_code == 405


@pytest.mark.parametrize(
    ("older", "newer", "told"),
    [
        (Status.ACTIVE, Status.INCOMPLETE, Status.ACTIVE),
        (Status.CANCELED, Status.INCOMPLETE, Status.INCOMPLETE),
        (Status.CANCELED, Status.INCOMPLETE_EXPIRED, Status.CANCELED),
        (Status.CANCELED, Status.TRIALING, Status.TRIALING),
    ],
)
def test_of_several_subscriptions_the_one_that_matters_is_told(
    reader: User, older: str, newer: str, told: str
) -> None:
    subscription(reader, older)
    subscription(reader, newer, started_at=BEGAN + timedelta(days=60))
    found = latest_subscription(reader)
    assert found is not None
    assert found.status == told
