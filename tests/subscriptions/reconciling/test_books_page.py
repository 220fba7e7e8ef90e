"""What the publisher sees of it: the page, the command, the letter, and the check at sign-in."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.signals import user_logged_in
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from accounts.models import AuditEntry, User
from accounts.roles import SUPPORT
from sandbox.running import Sandbox
from subscriptions import tasks
from subscriptions.actions.books import sync_customer
from subscriptions.actions.reconciling import begin_run, stop_run
from subscriptions.models import Checkout, Customer, Drift, Grant, Plan, Reconciliation, Status, Subscription
from subscriptions.queries import looks_unfinished
from tests.factories.desk import person
from tests.subscriptions.conftest import Till
from tests.subscriptions.reconciling.conftest import reconcile

pytestmark = pytest.mark.django_db

BOOKS = "/admin/books/"
State = Drift.State


@pytest.fixture
def desk(client: Client, publisher: User) -> Client:
    client.force_login(publisher)
    return client


def text_of(client: Client, address: str = BOOKS) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def an_orphan(user: User) -> Drift:
    customer = Customer.objects.create(user=user, stripe_id="cus_nobodys")
    return Drift.objects.create(
        kind=Drift.Kind.ORPHAN,
        stripe_id="cus_nobodys",
        customer=customer,
        ours="a customer",
        theirs="no such customer",
        found_at=timezone.now() - timedelta(hours=25),
        seen_at=timezone.now(),
    )


def test_the_page_says_that_nothing_was_compared_yet(desk: Client) -> None:
    assert "Not compared yet" in text_of(desk)


def test_the_page_says_that_the_books_agree(desk: Client, till: Till, reader: User, plan: Plan) -> None:
    till.subscribe(reader, plan)
    run = reconcile()
    text = text_of(desk)
    assert "Our books and Stripe’s agree" in text
    assert f"{run.compared} objects" in text
    assert "1 found to differ, 1 repaired by themselves" in text


def test_the_button_compares_and_the_page_shows_what_was_found(
    desk: Client, till: Till, reader: User, plan: Plan, django_capture_on_commit_callbacks: Any
) -> None:
    Customer.objects.create(user=reader, stripe_id="cus_nobodys")
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post("/admin/books/run/", {"do": "compare"}).headers["Location"] == BOOKS
    run = Reconciliation.objects.get()
    assert (run.state, run.started_by) == (Reconciliation.State.DONE, User.objects.get(is_staff=True))
    text = text_of(desk)
    assert "Our books and Stripe’s differ" in text
    assert "Not known to Stripe" in text
    assert "Ends it here; access ends with what was paid." in text


def test_a_comparison_is_stopped_and_resumed_from_the_page(
    desk: Client, plan: Plan, django_capture_on_commit_callbacks: Any
) -> None:
    begin_run(by=None, at=timezone.now())
    assert "Comparing now" in text_of(desk)
    assert "data-running" in text_of(desk, "/admin/books/progress/")
    desk.post("/admin/books/run/", {"do": "stop"})
    assert "It was stopped by hand." in text_of(desk)
    assert "data-running" not in text_of(desk, "/admin/books/progress/")
    with django_capture_on_commit_callbacks(execute=True):
        desk.post("/admin/books/run/", {"do": "resume"})
    assert "Our books and Stripe’s agree" in text_of(desk)


def test_a_second_comparison_is_refused_in_words(desk: Client, plan: Plan) -> None:
    begin_run(by=None, at=timezone.now())
    answer = desk.post("/admin/books/run/", {"do": "compare"}, follow=True)
    assert "A comparison is running already." in answer.content.decode()


def test_drift_is_repaired_with_one_click_and_a_reason(desk: Client, reader: User) -> None:
    drift = an_orphan(reader)
    desk.post(f"/admin/books/drift/{drift.pk}/", {"do": "repair", "reason": ""})
    assert Drift.objects.get().state == State.OPEN
    answer = desk.post(
        f"/admin/books/drift/{drift.pk}/", {"do": "repair", "reason": "Moved in 2024."}, follow=True
    )
    assert "they can subscribe again. Moved in 2024." in answer.content.decode()
    assert Customer.objects.get().deleted_at is not None
    assert "Moved in 2024." in AuditEntry.about(drift).get().reason


def test_drift_is_dismissed_with_a_reason(desk: Client, reader: User) -> None:
    drift = an_orphan(reader)
    desk.post(f"/admin/books/drift/{drift.pk}/", {"do": "dismiss", "reason": "A test account."})
    drift.refresh_from_db()
    assert (drift.state, drift.note) == (State.DISMISSED, "A test account.")
    assert "A test account." in text_of(desk)


def test_support_looks_and_does_not_touch(client: Client, reader: User) -> None:
    drift = an_orphan(reader)
    client.force_login(person(SUPPORT))
    text = text_of(client)
    assert "A publisher can settle this" in text
    assert "<button" not in text.split("<main")[-1].split('class="books"')[-1].split("</details>")[0]
    for address, form in (
        ("/admin/books/run/", {"do": "compare"}),
        (f"/admin/books/drift/{drift.pk}/", {"do": "repair", "reason": "Yes."}),
    ):
        assert client.post(address, form).status_code == 403
    assert Reconciliation.objects.count() == 0
    assert Drift.objects.get().state == State.OPEN


def test_readers_and_visitors_are_kept_out(client: Client, reader: User) -> None:
    an_orphan(reader)
    assert client.get(BOOKS).status_code == 302
    client.force_login(reader)
    assert "cus_nobodys" not in client.get(BOOKS, follow=True).content.decode()


def test_the_command_reports_and_its_exit_code_says_whether_drift_is_open(
    till: Till, reader: User, plan: Plan
) -> None:
    till.subscribe(reader, plan)
    said = StringIO()
    call_command("reconcile", stdout=said)
    lines = said.getvalue().splitlines()
    assert lines[0] == "customers: 1 compared, 0 found, 0 repaired"
    assert lines[-2:] == ["done: 7 compared, 1 found, 1 repaired", "Our books and Stripe's agree."]

    Customer.objects.create(user=User.objects.create_user("odd@example.com"), stripe_id="cus_nobodys")
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", stdout=said)
    assert ended.value.code == 1
    assert said.getvalue().splitlines()[-1] == (
        "orphan  cus_nobodys  ours: a customer · Stripe: no such customer"
    )


def test_the_command_repairs_nothing_when_told_so(till: Till, reader: User, plan: Plan) -> None:
    till.subscribe(reader, plan)
    for option in ("--dry-run", "--no-repair"):
        with pytest.raises(SystemExit):
            call_command("reconcile", option, stdout=StringIO())
        assert Subscription.objects.count() == 0
    assert {drift.state for drift in Drift.objects.all()} == {State.OPEN}


def test_the_command_checks_one_reader(till: Till, reader: User, plan: Plan) -> None:
    till.subscribe(reader, plan)
    said = StringIO()
    call_command("reconcile", "--reader", reader.email.upper(), stdout=said)
    assert said.getvalue().splitlines() == ["Our books and Stripe's agree.", "2 repaired."]
    with pytest.raises(CommandError, match="No account has the address"):
        call_command("reconcile", "--reader", "nobody@example.com")


def test_the_command_resumes(plan: Plan) -> None:
    with pytest.raises(CommandError, match="No comparison was stopped"):
        call_command("reconcile", "--resume")
    run = begin_run(by=None, at=timezone.now())
    with pytest.raises(CommandError, match="running already"):
        call_command("reconcile")
    stop_run(run=run, by=None, at=timezone.now())
    call_command("reconcile", "--resume", stdout=StringIO())
    assert Reconciliation.objects.get().state == Reconciliation.State.DONE


def test_the_nightly_task_compares_and_bears_an_outage(plan: Plan, settings: Any) -> None:
    settings.STRIPE_API_BASE, there = "http://127.0.0.1:9", settings.STRIPE_API_BASE
    tasks.reconcile()
    assert Reconciliation.objects.get().state == Reconciliation.State.STOPPED
    settings.STRIPE_API_BASE = there
    tasks.alarm_drift()
    assert Reconciliation.objects.get().state == Reconciliation.State.DONE


def test_drift_that_stays_for_a_day_is_told_of_once(
    reader: User, publisher: User, settings: Any, caplog: pytest.LogCaptureFixture, outside_world: Sandbox
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ADMINS = [("Operator", "operator@example.com")]
    an_orphan(reader)
    Drift.objects.create(
        kind=Drift.Kind.DOUBLE,
        stripe_id="sub_new",
        found_at=timezone.now() - timedelta(hours=23),
        seen_at=timezone.now(),
    )
    tasks.alarm_drift()
    tasks.alarm_drift()
    assert sorted(letter.to for letter in mail.outbox) == sorted(
        [[publisher.email], ["operator@example.com"]]
    )
    letter = mail.outbox[0]
    assert letter.subject == "1 difference between our books and Stripe’s"
    assert "cus_nobodys" in letter.body
    assert "sub_new" not in letter.body
    assert "List-Unsubscribe" not in letter.extra_headers
    assert [record.levelname for record in caplog.records if "stayed for a day" in record.message] == [
        "ERROR"
    ]


def subscription_of(user: User, **facts: Any) -> Subscription:
    now = timezone.now()
    customer = Customer.objects.create(user=user, stripe_id=f"cus_{user.pk}")
    values = {
        "status": Status.ACTIVE,
        "started_at": now,
        "period_start_at": now,
        "period_end_at": now + timedelta(days=30),
        "synced_at": now,
        **facts,
    }
    return Subscription.objects.create(customer=customer, stripe_id=f"sub_{user.pk}", **values)


@pytest.mark.parametrize(
    ("facts", "is_unfinished"),
    [
        ({}, False),
        ({"status": Status.CANCELED}, False),
        ({"status": Status.PAUSED}, False),
        ({"status": Status.INCOMPLETE}, True),
        ({"status": Status.PAST_DUE}, True),
        ({"status": Status.UNPAID}, True),
        ({"period_end_at": timezone.now() - timedelta(hours=1)}, True),
        ({"status": Status.CANCELED, "period_end_at": timezone.now() - timedelta(hours=1)}, False),
    ],
)
def test_what_looks_unfinished_costs_one_query(
    reader: User, facts: dict[str, Any], is_unfinished: bool
) -> None:
    subscription_of(reader, **facts)
    with CaptureQueriesContext(connection) as queries:
        assert looks_unfinished(reader, at=timezone.now()) is is_unfinished
    assert len(queries) == 1
    assert looks_unfinished(User.objects.create_user("else@example.com"), at=timezone.now()) is False


def test_an_open_visit_to_checkout_looks_unfinished(reader: User) -> None:
    plan = Plan.objects.create(key="monthly", name="Monthly", amount=900)
    now = timezone.now()
    visit = Checkout.objects.create(
        user=reader, plan=plan, stripe_id="cs_1", url="https://x.test", created_at=now, expires_at=now
    )
    assert looks_unfinished(reader, at=now) is True
    visit.state = Checkout.State.COMPLETE
    visit.save()
    assert looks_unfinished(reader, at=now) is False


def test_signing_in_brings_what_became_of_a_payment(
    till: Till, reader: User, plan: Plan, django_capture_on_commit_callbacks: Any
) -> None:
    stripe_id = till.subscribe(reader, plan, card="pm_card_chargeCustomerFail").id
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    assert Subscription.objects.get().status == Status.INCOMPLETE
    card = till.v1.payment_methods.attach("pm_card_visa", {"customer": Customer.objects.get().stripe_id})
    invoice = till.v1.subscriptions.retrieve(stripe_id).latest_invoice
    till.v1.invoices.pay(invoice, {"payment_method": card.id})
    with django_capture_on_commit_callbacks(execute=True):
        user_logged_in.send(User, request=None, user=reader)
    assert Subscription.objects.get().status == Status.ACTIVE
    assert Grant.objects.count() == 1


def test_the_schedule_knows_the_tasks() -> None:
    names = set(PeriodicTask.objects.values_list("task", flat=True))
    assert {tasks.reconcile.name, tasks.alarm_drift.name} <= names
