"""What is done to an account outside the flows that allauth owns."""

from collections.abc import Sequence
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.core.mail import EmailMessage
from django.db import transaction

from accounts.browsers import browser_name
from accounts.emails import password_invitation
from accounts.models import AuditEntry, Consent, User
from accounts.networks import truncate


@transaction.atomic
def change_name(*, user: User, name: str) -> User:
    """Set the name a person goes by; empty means they go by their address."""
    user.name = name.strip()
    user.save(update_fields=["name"])
    return user


@transaction.atomic
def invite_to_reset_password(*, user: User, by: User, at: datetime, reason: str = "") -> EmailMessage:
    """Record that staff invited `user` to choose a new password, and send the letter.

    The letter holds no key: the reader asks for a code on the reset page, so a letter that
    goes astray opens nothing. Raises what the mail backend raises, and then records nothing.
    """
    AuditEntry.record("invite to reset password", user, by=by, at=at, reason=reason)
    letter = password_invitation(user=user)
    letter.send()
    return letter


class CannotSignOut(Exception):
    """Someone's devices are not for this person to end; the message says why."""


@transaction.atomic
def end_sessions(*, user: User, session: int | None, reason: str, by: User, at: datetime) -> int:
    """Sign someone out: of one device, named by the id of its `UserSession`, or of all. Says of how many.

    Raises:
        CannotSignOut: they are staff, whom only superusers may shut out.
    """
    if (user.is_staff or user.is_superuser) and not by.is_superuser:
        raise CannotSignOut("Only a superuser signs staff out.")
    rows = UserSession.objects.filter(user=user)
    ended = list(rows.filter(pk=session) if session is not None else rows)
    for row in ended:
        row.end()
    if ended:
        devices = ", ".join(sorted(browser_name(row.user_agent) for row in ended))
        AuditEntry.record("sign out", user, by=by, at=at, reason=f"{devices}: {reason}")
    return len(ended)


@transaction.atomic
def drop_unproven_password(*, user: User) -> None:
    """Forget a password that someone chose before the owner of the address proved to be the owner."""
    user.set_unusable_password()
    user.save(update_fields=["password"])


@transaction.atomic
def open_account(*, user: User, at: datetime) -> None:
    """Whoever only got letters has signed in: from now on they are a reader like any other."""
    if user.is_mail_only:
        user.is_mail_only = False
        user.save(update_fields=["is_mail_only"])
        AuditEntry.record("open account", user, by=user, at=at)


@transaction.atomic
def record_desk_change(*, user: User, is_new: bool, changed: Sequence[str], by: User, at: datetime) -> None:
    """Note that staff made an account, or which of its fields they changed, if any."""
    if is_new or changed:
        action = "create user" if is_new else "change user"
        AuditEntry.record(action, user, by=by, at=at, reason=", ".join(changed))


@transaction.atomic
def delete_user(*, user: User, by: User, at: datetime) -> None:
    """Delete an account with what hangs on it; the trail keeps who it was, what they did and who deleted it.

    Raises `ProtectedError` where something that stays points to the account, such as a story they began.
    """
    AuditEntry.record("delete user", user, by=by, at=at, reason=user.email)
    user.delete()


@transaction.atomic
def give_consent(*, user: User, kind: str, text: str, source: str, address: str, at: datetime) -> Consent:
    """Record that someone agreed to `text`, on the page `source`, from the network of `address`.

    Each time is a row of its own: what counts is which words they agreed to, and when.
    """
    return Consent.objects.create(
        user=user, kind=kind, text=text, source=source[:200], network=truncate(address), given_at=at
    )
