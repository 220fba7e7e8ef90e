"""Keys for a reader's own programs: made, shown once, used, revoked."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Q

from accounts.models import AuditEntry, User
from articles.models import ReadingKey
from subscriptions.queries import grants_of

KEYS_AT_ONCE = 10
"""How many keys of one kind an account may have at a time."""
KEPT_USE = timedelta(minutes=5)
"""How exactly the last use is known: a program that asks each second shall not write each second."""


class CannotMakeKey(Exception):
    """The account may have no such key, or no further one; the message says why."""


@transaction.atomic
def make_key(
    *, user: User, kind: ReadingKey.Kind, name: str, by: User | None = None, at: datetime
) -> tuple[ReadingKey, str]:
    """A new key, and its secret of 256 bits, which is kept nowhere and so cannot be shown again.

    Made by its own reader, or `by` staff for them.

    Raises `CannotMakeKey`: a personal feed is for those who may read more than everyone; ten keys are enough.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if kind == ReadingKey.Kind.FEED and not grants_of(user, at=at):
        raise CannotMakeKey("Personal feeds are for subscribers. The public feeds are there for everyone.")
    if ReadingKey.objects.living().filter(user=user, kind=kind).count() >= KEYS_AT_ONCE:
        raise CannotMakeKey(f"You have {KEYS_AT_ONCE} already. Revoke one that you no longer use.")
    secret = token_urlsafe(32)
    key = ReadingKey.objects.create(user=user, kind=kind, name=name, digest=digest_of(secret), created_at=at)
    AuditEntry.record("make reading key", key, by=by or user, at=at, reason=key.get_kind_display())
    return key, secret


@transaction.atomic
def revoke_key(*, key: ReadingKey, by: User, at: datetime) -> None:
    """The key opens nothing from now on. Revoking it again changes nothing."""
    if ReadingKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
        AuditEntry.record("revoke reading key", key, by=by, at=at, reason=key.get_kind_display())
    key.refresh_from_db(fields=["revoked_at"])


def use_key(secret: str, *, kind: ReadingKey.Kind, at: datetime) -> ReadingKey | None:
    """The living key with this secret, with its account, in one query; None: unknown, revoked, another kind.

    Its last use is noted, five minutes exact. What the key opens is not told here: ask for the rights of
    `key.user` at each request.
    """
    living = ReadingKey.objects.living().select_related("user")
    key = living.filter(digest=digest_of(secret), kind=kind).first()
    if key is not None and (key.last_used_at is None or key.last_used_at <= at - KEPT_USE):
        before = Q(last_used_at=None) | Q(last_used_at__lt=at)
        ReadingKey.objects.filter(before, pk=key.pk).update(last_used_at=at)
        key.last_used_at = at
    return key


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is random through and through, so a fast digest suffices."""
    return sha256(secret.encode()).hexdigest()
