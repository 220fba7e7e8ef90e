"""Outgoing mail: the account stream (receipts, codes) and the digest stream, kept apart (rule B7)."""

import environ
from django.core.exceptions import ImproperlyConfigured

from eir.environment import matching, number, text
from eir.settings.publication import PUBLICATION

_address = text("EMAIL_URL", embedded="smtp://127.0.0.1:1025")
try:
    _mail = environ.Env.email_url_config(_address)
except (KeyError, ValueError, ImproperlyConfigured) as error:
    raise ImproperlyConfigured(
        "EMAIL_URL is not an address like smtp+tls://user:password@host:587."
    ) from error
if not _mail.get("EMAIL_HOST"):
    raise ImproperlyConfigured("EMAIL_URL is not an address like smtp+tls://user:password@host:587.")

EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = number("EMAIL_TIMEOUT", 20, least=1)

ADDRESS = (r"[^@\s]+@[^@\s]+\.[^@\s]+", "an address like news@example.org")
ACCOUNT_FROM_ADDRESS = matching("ACCOUNT_FROM_ADDRESS", *ADDRESS, embedded="accounts@eir.example")
DIGEST_FROM_ADDRESS = matching("DIGEST_FROM_ADDRESS", *ADDRESS, embedded="weekly@eir.example")
DEFAULT_FROM_EMAIL = f"{PUBLICATION['name']} <{ACCOUNT_FROM_ADDRESS}>"
SERVER_EMAIL = ACCOUNT_FROM_ADDRESS
DIGEST_FROM_EMAIL = f"{PUBLICATION['name']} <{DIGEST_FROM_ADDRESS}>"
DIGEST_STALE_HOURS = number("DIGEST_STALE_HOURS", 24, least=1)
