"""Mailing notifications: each once, at once or with the others of the day, as its person wants it.

A worker takes a notification in hand (`mail_claimed_at`, committed before anything is sent, so that two never
hold the same), sends, and closes it (`mailed_at`). No transaction is open while the mail server is talked to.

A worker that dies in between, or a mail server that does not say whether it took the mail, leaves a claim
that ends after `CLAIM_LASTS`; then the mail is sent. It errs towards mailing twice: a second "changes
requested" costs a glance, a missing one may cost the issue its story.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet

from editorial.emails import notification_digest, notification_letter
from editorial.models import Notification, NotificationSetting
from editorial.queries import visible_to_staff
from editorial.queries.notifications import not_to_mail, to_mail

logger = logging.getLogger(__name__)

RUN_SECONDS = 60
"""A run ends after so long, and the next goes on: its claims are never as old as `CLAIM_LASTS`."""

Mail = NotificationSetting.Mail
Rows = QuerySet[Notification]
Letter = Callable[[list[Notification]], EmailMultiAlternatives]


def mail_notifications(*, at: datetime) -> bool:
    """Mail what is wanted at once, a mail for each. False: some is left, for the next run."""
    _close(not_to_mail(at=at), at=at)
    keys = to_mail(Mail.NOW, at=at).values_list("pk", flat=True)[:500]
    return _mail_all(
        [to_mail(Mail.NOW, at=at).filter(pk=key) for key in keys],
        lambda told: notification_letter(told[0]),
        at=at,
    )


def mail_daily_notifications(*, at: datetime) -> bool:
    """Mail everyone what they want once a day, in one mail each; nothing to those with nothing new.

    False: some is left, for another run in some minutes.
    """
    _close(not_to_mail(at=at), at=at)
    people = set(to_mail(Mail.DAILY, at=at).values_list("user", flat=True))
    return _mail_all(
        [to_mail(Mail.DAILY, at=at).filter(user=key) for key in sorted(people)], notification_digest, at=at
    )


def _mail_all(mails: list[Rows], make: Letter, *, at: datetime) -> bool:
    ends, is_done = time.monotonic() + RUN_SECONDS, True
    for rows in mails:
        if time.monotonic() > ends:
            return False
        try:
            is_done &= _mail(rows, make, at=at)
        except OSError as error:  # every error of the mail server's, and of the way there
            logger.warning("The mail server took no notification: %s", error)
            return False
    return is_done


def _mail(rows: Rows, make: Letter, *, at: datetime) -> bool:
    """Send one mail about these, unless another worker does. False: the server will not have it just now."""
    claimed = _claim(rows, at=at)
    told = _still_theirs(claimed)
    if told and not _send(make(told)):
        return False
    _close(Notification.objects.filter(pk__in=[each.pk for each in claimed]), at=at)
    return True


@transaction.atomic
def _claim(rows: Rows, *, at: datetime) -> list[Notification]:
    related = rows.select_related("user", "article__section", "article__assignment")
    claimed = list(related.select_for_update(of=("self",), skip_locked=True))
    Notification.objects.filter(pk__in=[each.pk for each in claimed]).update(mail_claimed_at=at)
    return claimed


def _still_theirs(claimed: list[Notification]) -> list[Notification]:
    """Those of one person's about stories that they may see even now."""
    if not claimed:
        return []
    stories = [each.article_id for each in claimed]
    seen = visible_to_staff(claimed[0].user).filter(pk__in=stories).values_list("pk", flat=True)
    visible = set(seen)
    return [each for each in claimed if each.article_id in visible]


def _send(letter: EmailMultiAlternatives) -> bool:
    """Whether that is settled: the server took it, or will never take it."""
    try:
        letter.send()
    except SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        logger.warning("A notification was refused: %s", refused)
        return min(codes) >= 500
    except SMTPDataError as refused:
        logger.warning("A notification was refused: %s", refused)
        return refused.smtp_code >= 500
    return True


def _close(rows: Rows, *, at: datetime) -> None:
    rows.update(mailed_at=at)
