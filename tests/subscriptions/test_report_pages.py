"""The publisher's reports: each table on known rows, its page and its file, and who may see them."""

import csv
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import PUBLISHER, SUPPORT
from kit.reporting import Period, Report
from subscriptions.models import (
    Checkout,
    Customer,
    Dispute,
    Gift,
    Grant,
    Invoice,
    InvoiceLine,
    Offer,
    OfferShowing,
    Payment,
    Plan,
    PlanPrice,
    Source,
    Status,
    Subscription,
)
from subscriptions.reports import SUBJECTS
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.articles import ArticleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 20, 12, tzinfo=UTC)
SPRING = Period(date(2026, 2, 1), date(2026, 4, 20))


@pytest.fixture
def plan() -> Plan:
    plan: Plan = Plan.objects.create(key="digital", name="=Digital", amount=900)
    PlanPrice.objects.create(plan=plan, stripe_id="price_1", currency="usd", amount=900, interval="month")
    return plan


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def subscribe(plan: Plan, began: datetime, **fields: Any) -> Subscription:
    customer = Customer.objects.create(user=UserFactory.create(), stripe_id=f"cus_{Customer.objects.count()}")
    values = {
        "customer": customer,
        "plan": plan,
        "stripe_id": f"sub_{customer.pk}",
        "status": Status.ACTIVE,
        "started_at": began,
        "period_start_at": began,
        "period_end_at": began + timedelta(days=30),
        "price_id": "price_1",
        "amount": 900,
        "synced_at": NOW,
    }
    row: Subscription = Subscription.objects.create(**{**values, **fields})
    return row


def bill(subscription: Subscription, began: datetime, *, paid: bool = True, **fields: Any) -> Invoice:
    """An invoice for thirty days at nine dollars, with its line."""
    values = {
        "customer": subscription.customer,
        "subscription": subscription,
        "stripe_id": f"in_{Invoice.objects.count()}",
        "status": Invoice.Status.PAID if paid else Invoice.Status.OPEN,
        "billing_reason": "subscription_cycle",
        "currency": subscription.currency,
        "subtotal": 900,
        "total": 900,
        "amount_due": 900,
        "amount_paid": 900 * paid,
        "attempt_count": 1,
        "created_at": began,
        "paid_at": began + timedelta(hours=1) if paid else None,
        "synced_at": NOW,
    }
    invoice: Invoice = Invoice.objects.create(**{**values, **fields})
    InvoiceLine.objects.create(
        invoice=invoice,
        stripe_id="il_1",
        price_id="price_1",
        amount=900,
        period_start_at=began,
        period_end_at=began + timedelta(days=30),
    )
    return invoice


def report(subject: str, name: str) -> Report:
    found = {each.name: each for each in SUBJECTS[subject].draw(SPRING, at=NOW)}
    return found[name]


def rows(subject: str, name: str) -> list[list[str]]:
    return [[str(getattr(cell, "text", cell)) for cell in row] for row in report(subject, name).shown_rows()]


def test_readers_by_plan_by_right_and_over_time(plan: Plan) -> None:
    subscribe(plan, at(2, 10))
    subscribe(plan, at(3, 10), cancels_at=at(5, 1))
    subscribe(plan, at(3, 12), status=Status.TRIALING)
    subscribe(plan, at(3, 14), status=Status.PAST_DUE)
    subscribe(plan, at(3, 16), pause_behavior="void")
    subscribe(plan, at(2, 12), status=Status.CANCELED, ended_at=at(3, 12))
    subscribe(plan, at(2, 12), status=Status.INCOMPLETE_EXPIRED)
    Grant.objects.create(user=UserFactory.create(), source=Source.COMP, starts_at=at(1, 1), ends_at=None)
    Grant.objects.create(user=UserFactory.create(), source=Source.COMP, starts_at=at(1, 1), ends_at=at(2, 1))
    assert rows("readers", "by-plan") == [["=Digital", "2", "1", "1", "1", "1", "0", "0"]]
    assert rows("readers", "by-right") == [["Complimentary", "1"]]
    assert rows("readers", "over-time") == [
        ["February 2026", "2", "2"],
        ["March 2026", "5", "5"],
        ["April 2026 so far", "5", "5"],
    ]


def test_revenue_moves_and_ties_out_and_a_wrong_invoice_is_named(plan: Plan) -> None:
    stays, leaves = subscribe(plan, at(2, 10)), subscribe(plan, at(2, 20), ended_at=at(3, 22))
    for began in (at(2, 10), at(3, 12), at(4, 11)):
        bill(stays, began)
    wrong = bill(leaves, at(2, 20), total=950)
    assert rows("revenue", "movements-usd") == [
        ["February 2026", "$0", "$18", "$0", "$0", "$0", "$0", "$18"],
        ["March 2026", "$18", "$0", "$0", "$0", "$0", "−$9", "$9"],
        ["April 2026 so far", "$9", "$0", "$0", "$0", "$0", "$0", "$9"],
    ]
    assert rows("revenue", "readers-usd")[0] == ["February 2026", "2", "0", "0", "0", "0", "2"]
    assert rows("revenue", "plans-usd") == [["=Digital", "1", "$9"]]
    tied = report("revenue", "tie-out-usd").rows
    assert rows("revenue", "tie-out-usd")[0] == [
        *("February 2026", "2", "$18.50", "$0", "$18", "$0.50", "$0", "$0", "$18")
    ]
    assert getattr(tied[0][5], "url", "") == f"/admin/subscriptions/invoice/?id__in={wrong.pk}"
    assert getattr(tied[1][5], "url", "") == ""


def test_trials_that_ended(plan: Plan) -> None:
    pays = subscribe(plan, at(2, 20), trial_end_at=at(3, 6))
    bill(pays, at(3, 6))
    subscribe(plan, at(2, 20), trial_end_at=at(3, 6), status=Status.CANCELED, ended_at=at(2, 25))
    subscribe(plan, at(2, 22), trial_end_at=at(3, 8), status=Status.PAUSED)
    subscribe(plan, at(4, 18), trial_end_at=at(5, 2), status=Status.TRIALING)
    assert rows("trials", "trials") == [
        ["February 2026", "1", "0", "0.0%", "1", "0"],
        ["March 2026", "2", "1", "50.0%", "0", "1"],
        ["April 2026 so far", "0", "0", "–", "0", "0"],
    ]


def test_churn_by_month_and_by_cohort_parts_those_who_chose_from_failed_payments(plan: Plan) -> None:
    lives = [
        (at(1, 10), None, ""),
        (at(2, 10), None, ""),
        (at(2, 11), at(3, 11), "cancellation_requested"),
        (at(2, 12), at(3, 11), "payment_failed"),
        (at(3, 12), at(4, 15), "payment_disputed"),
    ]
    for began, ended, reason in lives:
        bill(subscribe(plan, began, ended_at=ended, end_reason=reason), began)
    assert rows("churn", "leaving") == [
        ["February 2026", "1", "0", "0", "0", "0", "0.0%"],
        ["March 2026", "4", "2", "1", "1", "0", "50.0%"],
        ["April 2026 so far", "3", "1", "0", "0", "1", "33.3%"],
    ]
    assert rows("churn", "cohorts") == [
        ["February 2026", "3", "66.7%", "", "", "", "", "33.3%", "1", "1", "0"],
        ["March 2026", "1", "", "", "", "", "", "0.0%", "0", "0", "1"],
    ]


def test_recovery_of_first_attempts_that_failed(plan: Plan) -> None:
    subscription = subscribe(plan, at(1, 1))
    bill(subscription, at(3, 1))
    bill(subscription, at(3, 2), attempt_count=3, paid_at=at(3, 7))
    refused = bill(subscription, at(3, 3), paid_at=at(3, 3) + timedelta(hours=5))
    Payment.objects.create(
        invoice=refused, stripe_id="ch_1", status="failed", currency="usd", amount=900, created_at=at(3, 3)
    )
    bill(subscribe(plan, at(2, 1), status=Status.CANCELED), at(3, 4), paid=False, attempt_count=4)
    bill(subscription, at(3, 5), paid=False)
    bill(subscription, at(3, 6), attempt_count=2, billing_reason="subscription_create")
    assert rows("recovery", "recovery-usd")[1] == [
        *("March 2026", "4", "$36", "2", "$18", "50.0%", "1", "$9", "1")
    ]
    assert rows("recovery", "recovery-attempts-usd") == [
        ["Attempt 2", "1", "$9", "50.0%"],
        ["Attempt 3", "1", "$9", "50.0%"],
    ]
    assert [row for row in rows("recovery", "recovery-days-usd") if row[1] != "0"] == [
        ["Within a day", "1", "$9", "50.0%"],
        ["Within a week", "1", "$9", "50.0%"],
    ]


def begin_at(subscription: Subscription, path: str, wall: str) -> None:
    assert subscription.plan
    Checkout.objects.create(
        user=subscription.customer.user,
        plan=subscription.plan,
        stripe_id=f"cs_{subscription.pk}",
        url="https://example.com",
        state=Checkout.State.COMPLETE,
        return_path=path,
        wall=wall,
        subscription=subscription,
        created_at=subscription.started_at,
        expires_at=subscription.started_at,
    )


def test_sources_with_the_money_they_brought(plan: Plan) -> None:
    first, second = subscribe(plan, at(2, 10)), subscribe(plan, at(2, 12), status=Status.CANCELED)
    begin_at(first, "/articles/the-ferry/", "subscribe")
    begin_at(second, "/articles/the-ferry/", "subscribe")
    begin_at(subscribe(plan, at(3, 10), status=Status.TRIALING), "", "")
    bill(first, at(2, 10))
    bill(first, at(3, 12))
    bill(second, at(2, 12), amount_refunded=400)
    assert rows("sources", "stories-usd") == [
        ["/articles/the-ferry/", "Subscribe", "2", "1", "0", "$23"],
        ["Not from a page", "None", "1", "1", "1", "$0"],
    ]
    assert rows("sources", "walls-usd") == [
        ["Subscribe", "2", "1", "0", "$23"],
        ["None", "1", "1", "1", "$0"],
    ]


def test_refunds_and_disputes(plan: Plan) -> None:
    paid = {"status": "succeeded", "currency": "usd", "amount": 900, "created_at": at(2, 1)}
    Payment.objects.create(stripe_id="ch_1", amount_refunded=900, refunded_at=at(3, 4), **paid)
    Payment.objects.create(stripe_id="ch_2", amount_refunded=100, refunded_at=at(1, 4), **paid)
    contested = Payment.objects.create(stripe_id="ch_3", **paid)
    for number, status in enumerate(("lost", "won", "needs_response")):
        Dispute.objects.create(
            payment=contested,
            stripe_id=f"dp_{number}",
            status=status,
            amount=900,
            currency="usd",
            opened_at=at(3, 9),
        )
    assert rows("refunds", "refunds-usd")[1] == ["March 2026", "1", "$9", "3", "1", "1", "$9"]


def test_gifts_and_offers(plan: Plan) -> None:
    giver = UserFactory.create()
    for number, state in enumerate((Gift.State.UNPAID, Gift.State.DELIVERED, Gift.State.REDEEMED)):
        Gift.objects.create(
            plan=plan,
            giver=giver,
            giver_name="Ann",
            recipient_name="Bo",
            recipient_email="bo@example.com",
            deliver_on=at(3, 1).date(),
            code=f"GIFT-{number}",
            amount=900,
            currency="usd",
            state=state,
            created_at=at(3, 1),
            paid_at=at(3, 1) if number else None,
        )
    offer = Offer.objects.create(name="Stay", kind=Offer.Kind.RETENTION, percent_off=20)
    Offer.objects.create(name="Never shown", kind=Offer.Kind.WIN_BACK, percent_off=30)
    OfferShowing.objects.create(offer=offer, user=giver, shown_at=at(3, 3), taken_at=at(3, 3))
    OfferShowing.objects.create(offer=offer, user=UserFactory.create(), shown_at=at(3, 4))
    assert rows("gifts", "gifts-usd")[1] == ["March 2026", "2", "$18", "0", "1", "1", "0"]
    assert rows("offers", "offers") == [
        ["Stay", "for readers about to cancel", "20% off the first charge", "2", "1", "50.0%"]
    ]


# Pages and files


@pytest.fixture
def publisher(client: Client) -> User:
    user: User = StaffFactory.create(role=PUBLISHER)
    client.force_login(user)
    return user


PAGES = [reverse("books_reports"), *(reverse("books_report", args=(name,)) for name in SUBJECTS)]


@pytest.mark.parametrize("page", PAGES)
def test_support_sees_no_report(client: Client, page: str) -> None:
    client.force_login(StaffFactory.create(role=SUPPORT))
    assert client.get(page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_without_rows_each_page_says_what_will_appear(client: Client, publisher: User, page: str) -> None:
    answer = client.get(page)
    assert (answer.status_code, "<thead" in answer.content.decode()) == (200, False)


def test_a_page_names_the_stories_that_still_exist(client: Client, publisher: User, plan: Plan) -> None:
    ArticleFactory.create(slug="the-ferry", headline="The last ferry")
    begin_at(subscribe(plan, at(2, 10)), "/articles/the-ferry/", "subscribe")
    begin_at(subscribe(plan, at(2, 11)), "/articles/gone/", "subscribe")
    with time_machine.travel(NOW, tick=False):
        page = client.get(reverse("books_report", args=("sources",))).content.decode()
    assert '<a href="/articles/the-ferry/">The last ferry</a>' in page
    assert '<a href="/articles/gone/">/articles/gone/</a>' in page


def test_a_file_holds_numbers_and_no_formulas(client: Client, publisher: User, plan: Plan) -> None:
    bill(subscribe(plan, at(3, 10)), at(3, 10))
    bill(subscribe(plan, at(2, 10), ended_at=at(3, 12)), at(2, 10))
    files = [table(client, "readers", "by-plan"), table(client, "revenue", "movements-usd")]
    assert files[0][1][0] == "'=Digital"
    assert files[1][2] == ["March 2026", "9.00", "9.00", "0.00", "0.00", "0.00", "-9.00", "9.00"]


def table(client: Client, subject: str, name: str) -> list[list[str]]:
    query = {"since": "2026-02-01", "until": "2026-04-20", "format": "csv", "report": name}
    with time_machine.travel(NOW, tick=False):
        answer = client.get(reverse("books_report", args=(subject,)), query)
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    return list(csv.reader(lines))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"format": "csv", "report": "nothing"}, 404),
        ({"format": "csv", "report": "trials", "since": "spring"}, 400),
        ({"period": "nonsense"}, 200),
    ],
)
def test_no_file_comes_of_nonsense(
    client: Client, publisher: User, query: dict[str, str], status: int
) -> None:
    assert client.get(reverse("books_report", args=("trials",)), query).status_code == status
    assert client.get(reverse("books_report", args=("weather",))).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("subject", "queries"),
    [
        ("readers", 5),
        ("revenue", 7),
        ("trials", 1),
        ("churn", 1),
        ("recovery", 1),
        ("sources", 1),
        ("refunds", 2),
        ("gifts", 1),
        ("offers", 4),
    ],
)
def test_a_report_takes_as_many_queries_for_three_rows_as_for_one(
    plan: Plan,
    django_assert_num_queries: DjangoAssertNumQueries,
    subject: str,
    queries: int,
    number: int,
) -> None:
    for _ in range(number):
        subscription = subscribe(plan, at(2, 10), trial_end_at=at(2, 10))
        bill(subscription, at(2, 10))
        bill(subscription, at(3, 12), attempt_count=2)
        begin_at(subscription, "/", "subscribe")
    with django_assert_num_queries(queries):
        SUBJECTS[subject].draw(SPRING, at=NOW)
