"""A reader's browser and mailbox."""

import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.factories.accounts import PASSWORD


@pytest.fixture(autouse=True)
def _own_limits(settings: Settings) -> Iterator[None]:
    """Rate limits of one test are not those of another, and hashing costs nothing."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


def newest_code() -> str:
    """The code in the newest letter, as it stands there: `1234-5678`."""
    code: str = re.findall(r"^ +(\d{4}-\d{4})$", str(mail.outbox[-1].body), re.MULTILINE)[0]
    return code


def app_code(secret: str) -> str:
    """What an authenticator app with `secret` shows now."""
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    return code


def sign_in(client: Client, user: User, password: str = PASSWORD) -> None:
    """Sign in through the form, as people do, so that allauth knows how."""
    client.post("/accounts/login/", {"login": user.email, "password": password})
