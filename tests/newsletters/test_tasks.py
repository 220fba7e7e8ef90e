"""The schedule, the sweep and the command: thin, and safe to run twice."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from newsletters import tasks
from newsletters.actions import fix_recipients, start_sending
from newsletters.models import Delivery, Edition, SignUp
from newsletters.queries import SENDERS
from newsletters.schedule import previous_moment
from tests.factories.newsletters import DAY, FRIDAY, make_edition, make_reader, make_story
from tests.newsletters.mail_server import MailServer

pytestmark = pytest.mark.django_db
NEW_YORK = "America/New_York"


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks: Any) -> Any:
    """Runs what was to be queued, and what that queues in turn."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_the_schedule_is_friday_at_seven_in_the_newsroom() -> None:
    row = PeriodicTask.objects.get(task="newsletters.send_weekly")
    assert row.crontab is not None
    when = (row.crontab.day_of_week, row.crontab.hour, row.crontab.minute, str(row.crontab.timezone))
    assert when == ("5", "7", "0", NEW_YORK)
    assert PeriodicTask.objects.get(task="newsletters.sweep").interval is not None


def test_all_that_is_scheduled_for_letters_is_a_task() -> None:
    scheduled = PeriodicTask.objects.filter(task__startswith="newsletters.").values_list("task", flat=True)
    assert [name for name in scheduled if name not in current_app.tasks] == []
    assert {"newsletters.send_confirmations", "newsletters.delete_forgotten_signups"} < {*scheduled}


def test_the_night_forgets_sign_ups_that_nobody_confirmed() -> None:
    old = timezone.now() - timedelta(days=31)
    SignUp.objects.create(address="mara@readers.example", text="x", source="/", asked_at=old)
    tasks.ask_addresses()
    assert mail.outbox == []
    tasks.forget_signups()
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (FRIDAY, FRIDAY),
        (FRIDAY - timedelta(seconds=1), FRIDAY - timedelta(days=7)),
        (FRIDAY + timedelta(days=3), FRIDAY),
        # Before the clocks go back, seven in New York is eleven, not twelve, o'clock UTC.
        (datetime(2026, 10, 30, 15, tzinfo=UTC), datetime(2026, 10, 30, 11, tzinfo=UTC)),
    ],
)
def test_w6_the_due_moment_is_found_in_the_newsrooms_time(at: datetime, expected: datetime) -> None:
    crontab = CrontabSchedule(minute="0", hour="7", day_of_week="5", timezone=NEW_YORK)
    assert previous_moment(crontab, at=at) == expected


def test_the_weekly_task_compiles_sends_and_may_run_twice(mail_server: MailServer, on_commit: Any) -> None:
    reader = make_reader(wants=True)
    make_story()
    with time_machine.travel(FRIDAY + timedelta(minutes=2), tick=False):
        for _ in range(2):
            with on_commit():
                tasks.send_weekly("weekly")
    edition = Edition.objects.get()
    assert (edition.edition_date, edition.due_at, edition.state) == (DAY, FRIDAY, Edition.State.SENT)
    assert mail_server.recipients() == [reader.email]


def test_e5_a_worker_that_slept_over_a_day_holds_fridays_edition(
    mail_server: MailServer, on_commit: Any
) -> None:
    make_reader(wants=True)
    make_story()
    with time_machine.travel(FRIDAY + timedelta(hours=25), tick=False), on_commit():
        tasks.send_weekly("weekly")
    edition = Edition.objects.get()
    assert (edition.edition_date, edition.state) == (DAY, Edition.State.HELD)
    assert mail_server.recipients() == []


def test_a_week_without_stories_sends_nothing(mail_server: MailServer, on_commit: Any) -> None:
    make_reader(wants=True)
    with time_machine.travel(FRIDAY, tick=False), on_commit():
        tasks.send_weekly("weekly")
    assert (Edition.objects.get().state, mail_server.recipients()) == (Edition.State.DRAFT, [])


def test_e1_the_sweep_resumes_what_was_never_queued(mail_server: MailServer, on_commit: Any) -> None:
    readers = [make_reader(wants=True) for _ in range(3)]
    edition = make_edition()
    start_sending(edition=edition, by=None, at=FRIDAY)
    with time_machine.travel(FRIDAY + timedelta(minutes=10), tick=False), on_commit():
        tasks.sweep()
    assert sorted(mail_server.recipients()) == sorted(reader.email for reader in readers)


def test_only_so_many_workers_send_one_edition_at_a_time(mail_server: MailServer) -> None:
    for _ in range(SENDERS + 1):
        make_reader(wants=True)
    edition = make_edition()
    start_sending(edition=edition, by=None, at=FRIDAY)
    fix_recipients(edition=edition, at=FRIDAY)
    for number, delivery in enumerate(edition.deliveries.all()[:SENDERS]):
        Delivery.objects.filter(pk=delivery.pk).update(
            state=Delivery.State.CLAIMED, claimed_by=f"worker {number}", claimed_at=FRIDAY
        )
    with time_machine.travel(FRIDAY, tick=False):
        tasks.send_edition(edition.pk)
    assert mail_server.recipients() == []


def run(*arguments: str) -> str:
    out = StringIO()
    with time_machine.travel(FRIDAY + timedelta(hours=1), tick=False):
        call_command("send_digest", "--date", str(DAY), *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_would_send_and_sends_nothing(mail_server: MailServer) -> None:
    make_reader(wants=True)
    make_story("Tides of the delta")
    assert "Tides of the delta" in run("--dry-run")
    assert (mail_server.recipients(), Edition.objects.get().state) == ([], Edition.State.DRAFT)


def test_the_command_sends_once_however_often_it_is_called(mail_server: MailServer) -> None:
    readers = [make_reader(wants=True) for _ in range(45)]
    make_story()
    assert run().splitlines()[-1].split() == ["45", "accepted"]
    run()
    assert sorted(mail_server.recipients()) == sorted(reader.email for reader in readers)


def test_e5_the_command_sends_an_overdue_edition_only_when_told_to(mail_server: MailServer) -> None:
    make_reader(wants=True)
    make_edition(due_at=FRIDAY - timedelta(days=2))
    with pytest.raises(CommandError, match="--yes-even-if-stale"):
        run()
    assert mail_server.recipients() == []
    run("--yes-even-if-stale")
    assert len(mail_server.arrived) == 1


def test_the_command_names_a_letter_it_does_not_know() -> None:
    with pytest.raises(CommandError, match="no newsletter 'daily'"):
        run("--newsletter", "daily")
