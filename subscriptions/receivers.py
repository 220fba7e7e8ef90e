"""What follows from what happens to the books."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_confirmed, email_removed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from kit.queue import enqueue_on_commit
from subscriptions.actions.institutions import follow_domains
from subscriptions.models import Notice
from subscriptions.queries import looks_unfinished
from subscriptions.signals import noticed
from subscriptions.tasks import check_reader, send_notice, tell_address


@receiver(noticed)
def send_soon(*, notice: Notice, **kwargs: Any) -> None:
    """Actions cannot queue tasks, which import them."""
    enqueue_on_commit(send_notice, notice.pk)


@receiver(user_logged_in)
def follow_institutions_at_sign_in(user: User, **kwargs: Any) -> None:
    """Addresses come and go between visits, and so does what their domains give."""
    follow_domains(user=user, at=timezone.now())


@receiver(user_logged_in)
def check_books_at_sign_in(user: User, **kwargs: Any) -> None:
    """Whoever signs in to see what became of their payment should find it (rule S8)."""
    if looks_unfinished(user, at=timezone.now()):
        enqueue_on_commit(check_reader, user.pk)


@receiver(email_confirmed)
def follow_institutions_of_new_address(email_address: EmailAddress, **kwargs: Any) -> None:
    follow_domains(user=email_address.user, at=timezone.now())


@receiver([email_changed, email_removed])
def follow_institutions_of_lost_address(user: User, **kwargs: Any) -> None:
    """A right that hung on an address ends with it."""
    follow_domains(user=user, at=timezone.now())


@receiver(email_changed)
def tell_stripe_of_address(user: User, **kwargs: Any) -> None:
    """Stripe's own receipts are to follow their reader."""
    enqueue_on_commit(tell_address, user.pk)
