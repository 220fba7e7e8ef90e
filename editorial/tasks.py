"""What the desk leaves to the clock."""

from celery import shared_task
from django.utils import timezone

from editorial import actions
from editorial.actions import links, publish_due


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
