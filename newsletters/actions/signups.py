"""Asking for letters without an account, and the reader's own yes (rule G5).

Whoever asks gets the same answer at the same pace for every address: what is known of it shows only in the
letter, which a sweep sends. Decision 0036 says why, and what each kind of suppression means here.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.actions import drop_unproven_password
from accounts.models import AuditEntry, User
from accounts.networks import truncate
from kit.limits import Allowance, count_use
from newsletters.actions.preferences import set_preference
from newsletters.asking import confirmation_letter
from newsletters.models import Newsletter, SignUp, Suppression, address_digest

logger = logging.getLogger(__name__)

SOURCE = "sign-up, confirmed"
HOUR, DAY = 3600, 24 * 3600
PER_NETWORK, PER_ADDRESS = 10, 3
"""Requests from one network an hour, and for one address a day."""
PAUSE = 5 * 60
"""Seconds in which one address is written to once."""
REFUSED_FOR_GOOD = 500
"""SMTP answers from here on mean: do not try again (RFC 5321, 4.2.1)."""


class TooManySignUps(Exception):
    """A limit against list bombing; `seconds` from now it may be tried again."""

    def __init__(self, allowance: Allowance, *, was_just_written: bool) -> None:
        super().__init__("Too many requests for letters.")
        self.seconds, self.was_just_written = allowance.reset, was_just_written


class CannotConfirm(Exception):
    """Letters may not go to this address, whoever asks: it was erased, closed, or called one of them spam."""


@transaction.atomic
def ask_for_letters(
    *, address: str, newsletters: Collection[Newsletter], text: str, source: str, network: str, at: datetime
) -> SignUp:
    """Keep what somebody asked for this address: `text` they saw, on the page `source`, from `network`.

    The row is written whatever is known of the address; `send_confirmations` decides who is written to.

    Raises:
        TooManySignUps: this network or this address has asked too often.
    """
    address, origin = address.strip().lower(), truncate(network)
    _keep_to_limits(address, origin, at=at)
    signup = SignUp.objects.create(
        address=address, text=text, source=source[:200], network=origin, asked_at=at
    )
    signup.newsletters.set(newsletters)
    return signup


def _keep_to_limits(address: str, network: str, *, at: datetime) -> None:
    """The cache knows no address, only its digest. Where the network is not known, all such are one."""
    digest = address_digest(address)
    limits = (
        (f"signups-from:{network}", PER_NETWORK, HOUR),
        (f"signups-lately:{digest}", 1, PAUSE),
        (f"signups-for:{digest}", PER_ADDRESS, DAY),
    )
    for name, limit, window in limits:
        allowance = count_use(name, limit=limit, window=window, at=at)
        if allowance.is_exceeded:
            raise TooManySignUps(allowance, was_just_written=window == PAUSE)


def send_confirmations(*, at: datetime) -> int:
    """Send the letters that are due; how many went out."""
    return sum(send_confirmation(signup=signup, at=at) for signup in SignUp.objects.to_mail(at=at))


def send_confirmation(*, signup: SignUp, at: datetime) -> bool:
    """Ask the address itself, unless another worker does or it must not be written to. Whether it went out.

    It is taken in hand first: a crash in between sends none rather than two, and whoever waits asks again.
    """
    if not _may_be_written_to(signup):
        signup.delete()
        return False
    if not SignUp.objects.to_mail(at=at).filter(pk=signup.pk).update(mailed_at=at):
        return False
    try:
        confirmation_letter(signup).send()
    except (SMTPException, OSError) as error:
        logger.warning("The letter for sign-up %s did not go out: %s", signup.pk, error)
        if not _is_final(error):
            SignUp.objects.filter(pk=signup.pk).update(mailed_at=None)
        return False
    return True


def _may_be_written_to(signup: SignUp) -> bool:
    """Not where the reader asked to be forgotten or complained; once where our last letter came back."""
    if User.objects.filter(email__iexact=signup.address, is_active=False).exists():
        return False
    row = Suppression.objects.filter(digest=address_digest(signup.address)).first()
    if row is None or row.reason == Suppression.Reason.ALL:
        return True
    asked = SignUp.objects.filter(address=signup.address, mailed_at__gt=row.since_at)
    return row.reason == Suppression.Reason.BOUNCE and not asked.exclude(pk=signup.pk).exists()


def _is_final(error: Exception) -> bool:
    """Whether the mail server said that this address will never do."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(code >= REFUSED_FOR_GOOD for code, _ in error.recipients.values())


@transaction.atomic
def confirm_letters(*, signup: SignUp, at: datetime) -> User:
    """The address said yes: from now on its reader gets what was asked for. Again, it changes nothing.

    Whoever has no account gets one for letters alone (`is_mail_only`), which opens with a sign-in code.

    Raises:
        CannotConfirm: letters may not go to this address.
    """
    signup = SignUp.objects.select_for_update().get(pk=signup.pk)
    if signup.user and signup.confirmed_at:
        return signup.user
    _lift_suppression(signup)
    user = _reader_at(signup.address, at=at)
    for newsletter in signup.newsletters.filter(is_active=True, is_offered=True):
        set_preference(newsletter=newsletter, user=user, is_wanted=True, source=SOURCE, at=at)
    signup.user, signup.confirmed_at = user, at
    signup.save(update_fields=["user", "confirmed_at"])
    AuditEntry.record("confirm letters", signup, by=user, at=at, reason=f"asked on {signup.source}")
    return user


def _lift_suppression(signup: SignUp) -> None:
    """Their yes takes back their no. It also shows that an address whose mail came back takes mail again,
    if the letter with the link went out after that."""
    row = Suppression.objects.filter(digest=address_digest(signup.address)).first()
    if row is None:
        return
    arrived = signup.mailed_at is not None and signup.mailed_at > row.since_at
    if row.reason != Suppression.Reason.ALL and not (row.reason == Suppression.Reason.BOUNCE and arrived):
        raise CannotConfirm("We may not send letters to this address.")
    row.delete()


def _reader_at(address: str, *, at: datetime) -> User:
    """Whose address it is, now proven; someone new where nobody has it."""
    held = EmailAddress.objects.filter(email__iexact=address, verified=True).select_related("user").first()
    user = held.user if held else User.objects.filter(email__iexact=address).first()
    if user is None:
        user = User.objects.create_user(address, is_mail_only=True, joined_at=at)
        AuditEntry.record("create account for letters", user, by=user, at=at)
    if not user.is_active:
        raise CannotConfirm("This account has been closed.")
    if held is None:
        _prove(user, address)
    return user


def _prove(user: User, address: str) -> None:
    """The address is theirs. A password chosen before anybody had proved it may be a stranger's."""
    EmailAddress.objects.update_or_create(
        user=user, email=address, defaults={"verified": True, "primary": True}
    )
    if user.last_login is None and not user.is_staff:
        drop_unproven_password(user=user)
        User.objects.filter(pk=user.pk).update(is_mail_only=True)


@transaction.atomic
def delete_forgotten_signups(*, at: datetime) -> int:
    """Forget the addresses that never answered; how many."""
    _, counts = SignUp.objects.forgotten(at=at).delete()
    return counts.get("newsletters.SignUp", 0)
