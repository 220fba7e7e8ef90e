"""Letters about money and access: given once, sent once.

A worker takes a letter in hand by moving its next try ahead (committed before anything is sent, so that two
workers never hold the same), sends, and notes when. A worker that dies in between leaves a letter that is
tried again after the pause: it errs towards writing twice, for a bill nobody saw costs more than a glance.
"""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.db import transaction

from accounts.models import AuditEntry, User
from subscriptions.actions.staleness import why_stale
from subscriptions.emails import FACTS, letter_of
from subscriptions.models import Invoice, Notice, Subscription
from subscriptions.signals import noticed

logger = logging.getLogger(__name__)

Fact = str | int | bool | date | datetime | None

FIRST_PAUSE, LONGEST_PAUSE, GIVES_UP_AFTER = timedelta(minutes=5), timedelta(hours=6), timedelta(days=3)
AT_ONCE = 500
"""Letters a run of the sweep sends at most; the next goes on."""


@transaction.atomic
def give_notice(
    *,
    kind: Notice.Kind,
    key: str,
    address: str,
    user: User | None = None,
    subscription: Subscription | None = None,
    invoice: Invoice | None = None,
    facts: Mapping[str, Fact] | None = None,
    at: datetime,
) -> Notice | None:
    """Have a letter sent to `address`, once for each `kind` and `key`; None when it was given before.

    Nothing is written to an account that is switched off. `facts` are what the letter says besides what the
    rows say; `subscriptions.emails.FACTS` lists what each kind needs. Dates and times may be passed as such.

    Raises:
        ValueError: a fact that this kind of letter cannot do without is missing.
    """
    known = {name: _plain(value) for name, value in (facts or {}).items()}
    missing = sorted(FACTS[kind] - known.keys())
    if missing:
        raise ValueError(f"A letter of kind {kind} needs {', '.join(missing)}.")
    if user and not user.is_active:
        return None
    values = {
        "address": address,
        "user": user,
        "subscription": subscription,
        "invoice": invoice,
        "facts": known,
        "given_at": at,
        "due_at": at,
    }
    notice, is_new = Notice.objects.get_or_create(kind=kind, key=key, defaults=values)
    if not is_new:
        return None
    noticed.send(sender=Notice, notice=notice)
    return notice


def tell_owner(
    *,
    subscription: Subscription,
    kind: Notice.Kind,
    key: str,
    invoice: Invoice | None = None,
    facts: Mapping[str, Fact] | None = None,
    at: datetime,
) -> Notice | None:
    """`give_notice` to whoever pays for a subscription."""
    owner = subscription.customer.user
    return give_notice(
        kind=kind,
        key=key,
        address=owner.email,
        user=owner,
        subscription=subscription,
        invoice=invoice,
        facts=facts,
        at=at,
    )


def _plain(value: Fact) -> str | int | bool | None:
    return value.isoformat() if isinstance(value, date) else value


def send_notices(*, at: datetime) -> int:
    """Send what waits, the longest waiting first; how many went out."""
    return sum(send_notice(notice=notice, at=at) for notice in Notice.objects.waiting(at=at)[:AT_ONCE])


def send_notice(*, notice: Notice, at: datetime) -> bool:
    """Send one letter unless another worker does, or it no longer holds. Whether it went out."""
    if not _claim(notice, at=at):
        return False
    stale = why_stale(notice, at=at)
    if stale:
        _drop(notice, stale, at=at)
        return False
    try:
        _send(notice, at=at)
    except (SMTPException, OSError) as error:
        logger.warning("Letter %s did not go out: %s", notice.pk, error)
        _note_trouble(notice, error, at=at)
        return False
    except Exception as fault:  # one letter that cannot be made must not keep the others back
        logger.exception("Letter %s cannot be made.", notice.pk)
        _note_trouble(notice, fault, at=at)
        return False
    return True


def _claim(notice: Notice, *, at: datetime) -> bool:
    """Take a letter in hand until its next try. The conditional update lets one worker through."""
    pause = min(FIRST_PAUSE * 2 ** min(notice.attempts, 12), LONGEST_PAUSE)
    untouched = Notice.objects.waiting(at=at).filter(pk=notice.pk, attempts=notice.attempts)
    if not untouched.order_by().update(attempts=notice.attempts + 1, due_at=at + pause):
        return False
    notice.refresh_from_db()
    return True


def _send(notice: Notice, *, at: datetime) -> None:
    letter = letter_of(notice)
    letter.message(to=notice.address).send()
    notice.sent_at, notice.subject, notice.trouble = at, letter.subject[:200], ""
    notice.save(update_fields=("sent_at", "subject", "trouble"))


def _note_trouble(notice: Notice, error: Exception, *, at: datetime) -> None:
    """Keep what went wrong; give up on an address the server will never take, and after some days."""
    words = f"{type(error).__name__}: {error}"[:300]
    if _is_for_good(error) or notice.given_at + GIVES_UP_AFTER <= at:
        _drop(notice, words, at=at)
        return
    notice.trouble = words
    notice.save(update_fields=("trouble",))


def _is_for_good(error: Exception) -> bool:
    if isinstance(error, SMTPRecipientsRefused):
        return min(code for code, _ in error.recipients.values()) >= 500
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500


def _drop(notice: Notice, why: str, *, at: datetime) -> None:
    notice.dropped_at, notice.trouble = at, why
    notice.save(update_fields=("dropped_at", "trouble"))


@transaction.atomic
def resend_notice(*, notice: Notice, reason: str, by: User, at: datetime) -> Notice:
    """Send a letter again: one that was given up, or that its reader cannot find."""
    notice.sent_at, notice.dropped_at, notice.due_at, notice.given_at = None, None, at, at
    notice.attempts, notice.trouble = 0, ""
    notice.save()
    AuditEntry.record("send letter again", notice, by=by, at=at, reason=reason)
    noticed.send(sender=Notice, notice=notice)
    return notice
