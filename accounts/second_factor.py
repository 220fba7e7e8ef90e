"""How second factors are kept and called."""

from base64 import urlsafe_b64encode

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.browsers import browser_name
from accounts.models import User


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps and recovery codes encrypted at rest."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """A new passkey is called after the browser it is made in, until its owner renames it."""
        return browser_name(context.request.headers.get("User-Agent", ""))


def _box() -> MultiFernet:
    """Writes under `SECRET_KEY`; still reads what was written under one of `SECRET_KEY_FALLBACKS`."""
    return MultiFernet([_lock(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _lock(secret: str | bytes) -> Fernet:
    key = salted_hmac("accounts.second_factor", b"", secret=secret, algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))
