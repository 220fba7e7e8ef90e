"""Questions about how someone proved who they are."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from accounts.models import User

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: User) -> bool:
    """Whether the account has an authenticator app or a passkey (recovery codes alone do not count)."""
    return bool(is_mfa_enabled(user, SECOND_FACTORS))


def has_passed_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this very session proved a second factor, or signed in with a passkey."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user))
