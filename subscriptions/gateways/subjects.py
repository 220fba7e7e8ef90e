"""Which of Stripe's objects an event is about, and whose that is."""

from typing import Any

from subscriptions.gateways.connection import api, in_our_words

HEEDED = ("checkout.session.", "customer.", "invoice.", "charge.", "refund.", "payment_method.")
"""The families of events after which a reader's books may differ from ours (rule S12)."""
SESSION = "cs_"
ASKABLE = {
    "sub_": "subscriptions",
    "in_": "invoices",
    "ch_": "charges",
    "py_": "charges",
    "re_": "refunds",
    "pyr_": "refunds",
    "du_": "disputes",
    "dp_": "disputes",
    "pm_": "payment_methods",
}
"""Objects that lead to a customer, by the beginning of their ids."""
LONGEST_NAME = 80
"""Of an id or a type, in characters; Stripe's own are half as long."""

OddShape = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What comes of reading a body that is not shaped as Stripe's are."""


def find_subject(event: dict[str, Any]) -> str:
    """The id to act on: a customer's, a Checkout Session's, else that of an object leading to a customer.

    Empty when nothing here depends on the event. Thin events (`v2.core.event`) are routed by the object
    they are related to (rule S3).

    Raises:
        OddShape: it is of a kind that matters, and its body cannot be read.
    """
    kind = str(event["type"]).removeprefix("v1.")
    if not kind.startswith(HEEDED):
        return ""
    if event["object"] == "v2.core.event":
        related = event["related_object"]["id"]
        return name_of(related) if related.startswith(("cus_", SESSION, *ASKABLE)) else ""
    return _subject_of(event["data"], is_session=kind.startswith("checkout."))


def _subject_of(data: dict[str, Any], *, is_session: bool) -> str:
    thing = data["object"]
    if is_session or thing.get("object") == "customer":
        return name_of(thing["id"])
    # A card taken off a customer says only there whose it was.
    before = data.get("previous_attributes") or {}
    named = id_in(thing.get("customer")) or id_in(before.get("customer"))
    if not named and "customer" in thing:
        return ""
    return name_of(named or id_in(thing.get("charge")) or _subscription_of(thing))


def _subscription_of(thing: dict[str, Any]) -> str:
    """The id of the subscription that an object is the invoice of, else its own."""
    details = (thing.get("parent") or {}).get("subscription_details") or {}
    return id_in(details.get("subscription")) or str(thing["id"])


def id_in(value: Any) -> str:
    """The id of a field that may be null, an id, or an expanded object."""
    return value["id"] if isinstance(value, dict) else value or ""


def name_of(value: Any) -> str:
    """`value` if it can be an id or a type, and be stored. Raises ValueError."""
    if isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable():
        return value
    raise ValueError("Not a name.")


def is_askable(subject: str) -> bool:
    """Whether `fetch_owner` can lead from this id to a customer."""
    return subject.startswith(tuple(ASKABLE))


@in_our_words
def fetch_owner(subject: str) -> str:
    """The id of the customer behind an object of those in `ASKABLE`; empty when it has none.

    Raises:
        StripeUnavailable, StripeRefused: also for an object that does not exist.
    """
    noun = next(noun for prefix, noun in ASKABLE.items() if subject.startswith(prefix))
    thing = getattr(api(), noun).retrieve(subject)
    owner = getattr(thing, "customer", None)
    if owner is None and getattr(thing, "charge", None):
        owner = api().charges.retrieve(str(thing.charge)).customer
    return str(owner or "")
