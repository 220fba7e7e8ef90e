"""Questions about who someone is, and how they proved it."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def signed_in_user(request: HttpRequest) -> User:
    """Whoever makes the request. Raises PermissionDenied for a visitor."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def has_second_factor(user: User) -> bool:
    """Whether the account has an authenticator app or a passkey (recovery codes alone do not count)."""
    return bool(is_mfa_enabled(user, SECOND_FACTORS))


def has_passed_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this very session proved a second factor, or signed in with a passkey."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user))
