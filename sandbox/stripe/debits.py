"""Test accounts for SEPA debits (docs.stripe.com/payments/sepa-debit/accept-a-payment#test-your-integration).

Like a card's number an IBAN is only ever an argument here: what is kept is its country, bank and last digits.
"""

import hashlib

from sandbox.stripe.errors import ApiError, card_error
from sandbox.stripe.store import Obj

TEST_ACCOUNTS = {
    "DE89370400440532013000": "debit_arrives",
    "AT611904300234573201": "debit_arrives",
    "DE62370400440532013001": "debit_bounces",
    "AT861904300235473202": "debit_bounces",
}
"""IBANs and what a debit from them does."""
TAKES = 60
"""Seconds until the bank has answered; Stripe's test mode needs minutes, real banks need days."""


def account_for(iban: str) -> tuple[str, str]:
    """The IBAN without blanks, and its behaviour. Raises ApiError 402 for any but the test accounts."""
    plain = iban.replace(" ", "").upper()
    if plain not in TEST_ACCOUNTS:
        raise _invalid_iban()
    return plain, TEST_ACCOUNTS[plain]


def _invalid_iban() -> ApiError:
    message = "The IBAN you entered is not one of the test accounts, which the sandbox's front page lists."
    return card_error("invalid_bank_account_iban", message, param="iban")


def account_shape(iban: str) -> Obj:
    """What may be known of an account: never its whole number."""
    return {
        "bank_code": iban[4:12] if iban.startswith("DE") else iban[4:9],
        "branch_code": "",
        "country": iban[:2],
        "fingerprint": hashlib.sha256(iban.encode()).hexdigest()[:16],
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban[-4:],
    }
