"""What a Checkout page asks for beside the payment: where to send it, a phone number, consent."""

import re

from sandbox.stripe.pages.render import COUNTRIES
from sandbox.stripe.store import Obj

PHONE = re.compile(r"\+?[\d\s().-]{5,24}")
SHIPPING = ("name", "line1", "line2", "city", "state", "postal_code", "country")
FIELDS = (*(f"shipping_{part}" for part in SHIPPING), "pay_by", "phone", "terms")
"""The names of the fields on the page."""
NEEDED = {
    "name": "Enter the name for the delivery.",
    "line1": "Enter the street and number for the delivery.",
    "city": "Enter the town for the delivery.",
    "postal_code": "Enter the postal code for the delivery.",
}


def asked(session: Obj) -> Obj:
    """What the page asks for: the countries it sends to by their codes, a phone number, consent to terms."""
    codes = (session["shipping_address_collection"] or {}).get("allowed_countries", ())
    return {
        "shipping": {code: COUNTRIES.get(code, code) for code in codes},
        "phone": session["phone_number_collection"]["enabled"],
        "terms": (session["consent_collection"] or {}).get("terms_of_service") == "required",
    }


def missing(session: Obj, sent: dict[str, str]) -> dict[str, str]:
    """What is wrong with these fields, by field."""
    wanted = asked(session)
    faults = _shipping_faults(wanted["shipping"], sent) if wanted["shipping"] else {}
    if wanted["phone"] and not PHONE.fullmatch(sent.get("phone", "")):
        faults["phone"] = "Enter your phone number, for instance +49 30 1234567."
    if wanted["terms"] and "terms" not in sent:
        faults["terms"] = "Agree to the terms to go on."
    return faults


def _shipping_faults(countries: dict[str, str], sent: dict[str, str]) -> dict[str, str]:
    empty = {part: text for part, text in NEEDED.items() if not sent.get(f"shipping_{part}")}
    faults = {f"shipping_{part}": text for part, text in empty.items()}
    if sent.get("shipping_country") not in countries:
        faults["shipping_country"] = "Choose the country for the delivery."
    return faults


def shipping_of(session: Obj, sent: dict[str, str]) -> Obj | None:
    """Whom and where to send it, None when nothing is sent."""
    if not asked(session)["shipping"]:
        return None
    parts = {part: sent.get(f"shipping_{part}") or None for part in SHIPPING}
    return {"name": parts.pop("name"), "address": parts}
