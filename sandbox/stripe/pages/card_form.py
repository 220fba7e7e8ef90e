"""The card fields that Checkout, the portal and invoices share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.stripe.billing.wallet import from_iban, from_numbers
from sandbox.stripe.cards import card_for, check_cvc
from sandbox.stripe.errors import ApiError, card_error
from sandbox.stripe.pages import collected
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

EXPIRY = re.compile(r"(\d{1,2})\s*[/-]?\s*(\d{2}|\d{4})")
FIELD_OF = {"iban": "iban", "exp_month": "expiry", "exp_year": "expiry", "cvc": "cvc"}


@dataclass
class Problems:
    """What is wrong with a form, by field; `values` are the harmless ones, to show again."""

    fields: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


def method_of(work: Work, sent: dict[str, str], types: Sequence[str]) -> Obj:
    """The card, or the bank account where it was chosen and is taken. Raises ApiError 402."""
    if sent.get("pay_by") != "sepa_debit" or "sepa_debit" not in types:
        return card_of(work, sent)
    return _with_owner(work, from_iban(work, sent.get("iban", "")), sent)


def card_of(work: Work, sent: dict[str, str]) -> Obj:
    """The card someone typed. Raises ApiError 402 for one that cannot be."""
    expiry = EXPIRY.fullmatch(sent.get("expiry", ""))
    card = card_for(sent.get("number", ""))
    if not expiry:
        message = "Enter the expiry date as on the card, month and year: MM / YY."
        raise card_error("invalid_expiry_month", message, param="exp_month")
    check_cvc(sent.get("cvc", ""), card.brand)
    method = from_numbers(work, sent["number"], int(expiry[1]), int(expiry[2]), None)
    return _with_owner(work, method, sent)


def _with_owner(work: Work, method: Obj, sent: dict[str, str]) -> Obj:
    method["billing_details"] |= {"email": sent.get("email"), "name": sent.get("name") or None}
    method["billing_details"]["address"]["country"] = sent.get("country") or None
    return work.save(method)


def problems(error: ApiError, sent: dict[str, str]) -> Problems:
    """An API error as a person reads it, at the field it belongs to. Card numbers are not shown again."""
    where = FIELD_OF.get(error.param or "", "number")
    return Problems({where: error.message}, shown_again(sent))


def shown_again(sent: dict[str, str]) -> dict[str, str]:
    """What was typed and may stand in the form once more: nothing of the card."""
    names = ("email", "name", "country", "postal_code", "tax_id", *collected.FIELDS)
    return {name: sent[name] for name in names if name in sent}
