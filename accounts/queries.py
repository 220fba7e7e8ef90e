"""Questions about who someone is, and how they proved it."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import AuditEntry, User

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]

# PostgreSQL and SQLite read a whole index for DISTINCT; this jumps from one value to the next.
JUMP = """
    WITH RECURSIVE known(value) AS (
        SELECT MIN({column}) FROM {table}
        UNION ALL
        SELECT (SELECT MIN({column}) FROM {table} WHERE {column} > known.value)
        FROM known WHERE known.value IS NOT NULL
    )
    SELECT value FROM known WHERE value IS NOT NULL
"""


def signed_in_user(request: HttpRequest) -> User:
    """Whoever makes the request. Raises PermissionDenied for a visitor."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def proven_addresses(user: User) -> list[str]:
    """The e-mail addresses that the account has proved to be its own, in small letters."""
    found = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [address.lower() for address in found]


def users_with_domain(domain: str) -> QuerySet[User]:
    """The accounts that have proved an e-mail address of exactly this domain."""
    proven = EmailAddress.objects.filter(verified=True, email__iendswith=f"@{domain}")
    return User.objects.filter(pk__in=proven.values("user"))


def network_address(request: HttpRequest) -> str:
    """The address a request came from, as the proxies that are trusted (TRUSTED_PROXY_COUNT) report it.

    Empty when they report none, as of a request that came past one of them: every page asks for it.
    """
    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return ""


def has_second_factor(user: User) -> bool:
    """Whether the account has an authenticator app or a passkey (recovery codes alone do not count)."""
    return bool(is_mfa_enabled(user, SECOND_FACTORS))


def has_passed_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this very session proved a second factor, or signed in with a passkey."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user))


def distinct_in_trail(field: str) -> list[str]:
    """The values of an indexed field of the audit trail, in order; as fast for many rows as for few."""
    options = AuditEntry._meta  # noqa: SLF001 (Django's documented API)
    names = {"column": options.get_field(field).name, "table": options.db_table}
    with connection.cursor() as cursor:
        cursor.execute(JUMP.format(**names))
        return [value for (value,) in cursor.fetchall()]
