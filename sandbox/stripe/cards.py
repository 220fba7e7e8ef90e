"""Stripe's test cards (docs.stripe.com/testing) and what each of them does.

A number or CVC is only ever an argument here: what is kept is brand, last four digits, expiry and behaviour.
"""

import hashlib
from dataclasses import dataclass

from sandbox.stripe.errors import ApiError, card_error


@dataclass(frozen=True)
class Behaviour:
    """How a test card acts.

    `asks` says when it wants 3D Secure: "always", at "setup" only (later charges pass), or "never".
    `dispute` is the reason its owner disputes every charge for; `refund` is how refunds go: at once
    ("succeeded"), after a while ("pending"), or as if, only to come back ("failed").
    """

    name: str
    label: str
    code: str | None = None
    decline_code: str | None = None
    message: str = ""
    attaches: bool = True
    asks: str = "never"
    dispute: str | None = None
    refund: str = "succeeded"

    @property
    def is_hard(self) -> bool:
        """Whether the bank says that trying again is of no use."""
        return not HARD_DECLINES.isdisjoint((self.code, self.decline_code))


def _decline(name: str, label: str, code: str, message: str, decline_code: str | None = None) -> Behaviour:
    return Behaviour(name, label, code, decline_code, message, attaches=False)


DECLINED = "Your card was declined."
HARD_DECLINES = frozenset(
    [
        "authentication_required",
        "highest_risk_level",
        "incorrect_number",
        "lost_card",
        "payment_intent_authentication_failure",
        "pickup_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "transaction_not_allowed",
    ]
)
"""What Stripe does not retry without another card: its list of decline codes, and 3D Secure that failed."""
BEHAVIOURS = {
    behaviour.name: behaviour
    for behaviour in (
        Behaviour("success", "Payment succeeds"),
        _decline("generic_decline", "Declined", "card_declined", DECLINED, "generic_decline"),
        _decline(
            "insufficient_funds",
            "Declined: insufficient funds",
            "card_declined",
            "Your card has insufficient funds.",
            "insufficient_funds",
        ),
        _decline("lost_card", "Declined: lost card", "card_declined", DECLINED, "lost_card"),
        _decline("stolen_card", "Declined: stolen card", "card_declined", DECLINED, "stolen_card"),
        _decline("velocity", "Declined: velocity limit", "card_declined", DECLINED, "card_velocity_exceeded"),
        _decline("expired_card", "Refused: expired card", "expired_card", "Your card has expired."),
        _decline(
            "incorrect_cvc",
            "Refused: incorrect CVC",
            "incorrect_cvc",
            "Your card's security code is incorrect.",
        ),
        _decline(
            "processing_error",
            "Refused: processing error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        Behaviour(
            "decline_after_attaching",
            "Is saved, then every charge is declined",
            "card_declined",
            "generic_decline",
            DECLINED,
        ),
        Behaviour("authenticate_setup", "Asks for 3D Secure once; renewals pass", asks="setup"),
        Behaviour("authenticate_always", "Asks for 3D Secure every time", asks="always"),
        Behaviour(
            "authenticate_then_empty",
            "Asks for 3D Secure every time, then is declined: insufficient funds",
            "card_declined",
            "insufficient_funds",
            "Your card has insufficient funds.",
            asks="always",
        ),
        Behaviour(
            "authenticate_then_decline",
            "Asks for 3D Secure every time, then is declined",
            "card_declined",
            "generic_decline",
            DECLINED,
            asks="always",
        ),
        Behaviour("authenticate_3ds2", "3D Secure must be completed", asks="always"),
        Behaviour("disputed", "Pays, then is disputed as fraudulent", dispute="fraudulent"),
        Behaviour("undelivered", "Pays, then is disputed as not received", dispute="product_not_received"),
        Behaviour("debit_arrives", "A bank debit that is paid after a minute"),
        Behaviour(
            "debit_bounces",
            "A bank debit that fails after a minute",
            "charge_exceeds_source_limit",
            message="The customer's bank did not pay the debit.",
        ),
        Behaviour("refund_waits", "Pays; a refund takes a minute", refund="pending"),
        Behaviour("refund_fails", "Pays; a refund fails after a minute", refund="failed"),
    )
}


@dataclass(frozen=True)
class TestCard:
    """A number, its magic ids, and the behaviour behind it."""

    __test__ = False

    number: str
    brand: str
    behaviour: str
    magic: tuple[str, ...]


TEST_CARDS = (
    TestCard("4242424242424242", "visa", "success", ("pm_card_visa", "tok_visa")),
    TestCard("5555555555554444", "mastercard", "success", ("pm_card_mastercard", "tok_mastercard")),
    TestCard("6011111111111117", "discover", "success", ("pm_card_discover", "tok_discover")),
    TestCard("3056930009020004", "diners", "success", ("pm_card_diners", "tok_diners")),
    TestCard("3566002020360505", "jcb", "success", ("pm_card_jcb", "tok_jcb")),
    TestCard("378282246310005", "amex", "success", ("pm_card_amex", "tok_amex")),
    TestCard(
        "4000000000000002",
        "visa",
        "generic_decline",
        (
            "pm_card_chargeDeclined",
            "pm_card_visa_chargeDeclined",
            "tok_chargeDeclined",
            "tok_visa_chargeDeclined",
        ),
    ),
    TestCard(
        "4000000000009995",
        "visa",
        "insufficient_funds",
        (
            "pm_card_chargeDeclinedInsufficientFunds",
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "tok_chargeDeclinedInsufficientFunds",
            "tok_visa_chargeDeclinedInsufficientFunds",
        ),
    ),
    TestCard(
        "4000000000009987",
        "visa",
        "lost_card",
        (
            "pm_card_chargeDeclinedLostCard",
            "pm_card_visa_chargeDeclinedLostCard",
            "tok_visa_chargeDeclinedLostCard",
        ),
    ),
    TestCard(
        "4000000000009979",
        "visa",
        "stolen_card",
        (
            "pm_card_chargeDeclinedStolenCard",
            "pm_card_visa_chargeDeclinedStolenCard",
            "tok_visa_chargeDeclinedStolenCard",
        ),
    ),
    TestCard(
        "4000000000006975",
        "visa",
        "velocity",
        (
            "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
            "tok_visa_chargeDeclinedVelocityLimitExceeded",
        ),
    ),
    TestCard("4000000000000069", "visa", "expired_card", ("pm_card_chargeDeclinedExpiredCard",)),
    TestCard("4000000000000127", "visa", "incorrect_cvc", ("pm_card_chargeDeclinedIncorrectCvc",)),
    TestCard("4000000000000119", "visa", "processing_error", ("pm_card_chargeDeclinedProcessingError",)),
    TestCard(
        "4000000000000341",
        "visa",
        "decline_after_attaching",
        ("pm_card_chargeCustomerFail", "tok_chargeCustomerFail"),
    ),
    TestCard("4000002500003155", "visa", "authenticate_setup", ("pm_card_authenticationRequiredOnSetup",)),
    TestCard("4000002760003184", "visa", "authenticate_always", ("pm_card_authenticationRequired",)),
    TestCard(
        "4000008260003178",
        "visa",
        "authenticate_then_empty",
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",),
    ),
    TestCard(
        "4000008400001629",
        "visa",
        "authenticate_then_decline",
        ("pm_card_threeDSecureRequiredChargeDeclined", "tok_threeDSecureRequiredChargeDeclined"),
    ),
    TestCard("4000000000003055", "visa", "success", ("pm_card_threeDSecureOptional",)),
    TestCard(
        "4000000000003220",
        "visa",
        "authenticate_3ds2",
        ("pm_card_threeDSecure2Required", "tok_threeDSecure2Required"),
    ),
    TestCard("4000000000000259", "visa", "disputed", ("pm_card_createDispute", "tok_createDispute")),
    TestCard(
        "4000000000002685",
        "visa",
        "undelivered",
        ("pm_card_createDisputeProductNotReceived", "tok_createDisputeProductNotReceived"),
    ),
    TestCard("4000000000007726", "visa", "refund_waits", ("pm_card_pendingRefund", "tok_pendingRefund")),
    TestCard("4000000000005126", "visa", "refund_fails", ("pm_card_refundFail", "tok_refundFail")),
)
BY_NUMBER = {card.number: card for card in TEST_CARDS}
BY_MAGIC = {magic: card for card in TEST_CARDS for magic in card.magic}


def card_for(number: str) -> TestCard:
    """The test card of that number. Raises ApiError 402 for a mistyped number and for any other card."""
    digits = number.replace(" ", "").replace("-", "")
    if not _is_plausible(digits):
        raise card_error("incorrect_number", "Your card number is incorrect.", param="number")
    if digits not in BY_NUMBER:
        message = f"{DECLINED} Your request was in test mode, but used a card that is not a test card."
        raise card_error("card_declined", message, decline_code="test_mode_live_card", param="number")
    return BY_NUMBER[digits]


def _is_plausible(digits: str) -> bool:
    """ISO/IEC 7812-1: the Luhn check digit."""
    if not (digits.isascii() and digits.isdecimal() and 12 <= len(digits) <= 19):
        return False
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0


def check_expiry(month: int, year: int, *, this_month: tuple[int, int]) -> int:
    """The full year of a card that is still valid in `this_month` (year, month). Raises ApiError 402."""
    full = year + 2000 if year < 100 else year
    if not 1 <= month <= 12:
        message = "Your card's expiration month is invalid."
        raise card_error("invalid_expiry_month", message, param="exp_month")
    if (full, month) < this_month or full > this_month[0] + 50:
        message = "Your card's expiration year is invalid."
        raise card_error("invalid_expiry_year", message, param="exp_year")
    return full


def check_cvc(cvc: str, brand: str) -> None:
    """Three digits, or four for American Express. Raises ApiError 402."""
    if not (cvc.isascii() and cvc.isdecimal() and len(cvc) == (4 if brand == "amex" else 3)):
        raise card_error("invalid_cvc", "Your card's security code is invalid.", param="cvc")


def fingerprint(card: TestCard) -> str:
    """The same for the same test card, so that doubles can be told."""
    return hashlib.sha256(f"{card.brand} {card.behaviour}".encode()).hexdigest()[:16]


def refusal(behaviour: Behaviour, **details: str) -> ApiError:
    """The error a declining card answers with. Raises ValueError for a card that does not decline."""
    if behaviour.code is None:
        raise ValueError(f"{behaviour.name} does not decline")
    if behaviour.is_hard:
        details["advice_code"] = "do_not_try_again"
    return card_error(behaviour.code, behaviour.message, decline_code=behaviour.decline_code, **details)
