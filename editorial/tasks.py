"""What the desk leaves to the clock."""

from celery import Task, shared_task
from django.utils import timezone

from editorial import actions
from editorial.actions import links, mailing, overdue, publish_due


@shared_task
def publish_due_stories() -> None:
    """Settle the scheduled stories whose moment has come."""
    publish_due(at=timezone.now())


@shared_task
def forget_sittings() -> None:
    """Clear away who had which story open, and unsaved text nobody came back for."""
    actions.forget_sittings(at=timezone.now())


@shared_task
def check_links() -> None:
    """Ask for the addresses that stories in work and lately published ones link to."""
    links.check_links(at=timezone.now())


@shared_task
def mail_notifications() -> None:
    """Mail what people want to know at once: as it happens, and every minute what was missed."""
    mailing.mail_notifications(at=timezone.now())


@shared_task(bind=True, max_retries=12, default_retry_delay=15 * 60)
def mail_daily_notifications(self: "Task[[], None]") -> None:
    """Mail what people want to know once a day; what a mail server in trouble left, for some hours."""
    if not mailing.mail_daily_notifications(at=timezone.now()):
        self.retry()


@shared_task
def tell_overdue() -> None:
    """Tell people of stories that have become late."""
    overdue.tell_overdue(at=timezone.now())
