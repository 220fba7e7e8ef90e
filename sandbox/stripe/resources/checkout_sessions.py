"""Checkout Sessions, in subscription mode: https://docs.stripe.com/api/checkout/sessions."""

from sandbox.stripe.billing.invoicing import product_name
from sandbox.stripe.billing.ticker import expire_session
from sandbox.stripe.deadlines import SESSION_LIFE
from sandbox.stripe.errors import invalid
from sandbox.stripe.params import (
    Spec,
    boolean,
    email,
    filled,
    hash_of,
    integer,
    list_of,
    metadata,
    one_of,
    text,
    url,
)
from sandbox.stripe.resources.operation import (
    CREATED,
    LIST,
    Operation,
    listing,
    merge_metadata,
    retrieval,
)
from sandbox.stripe.resources.subscription_items import chosen_items
from sandbox.stripe.resources.subscriptions import TRIAL_SETTINGS, trial_moment
from sandbox.stripe.shapes.checkout import checkout_session_shape, session_item_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id

SUBSCRIPTION_DATA: Spec = {
    "description": text,
    "metadata": metadata,
    "trial_end": integer,
    "trial_period_days": integer,
    "trial_settings": TRIAL_SETTINGS,
}
FIELDS: Spec = {
    "allow_promotion_codes": boolean,
    "billing_address_collection": one_of("auto", "required"),
    "cancel_url": url,
    "client_reference_id": text,
    "customer": filled,
    "customer_email": email,
    "expires_at": integer,
    "line_items": list_of(hash_of({"price": filled, "quantity": integer}, needs=["price", "quantity"])),
    "locale": filled,
    "metadata": metadata,
    "mode": one_of("subscription"),
    "payment_method_collection": one_of("always", "if_required"),
    "payment_method_types": list_of(one_of("card")),
    "subscription_data": hash_of(SUBSCRIPTION_DATA),
    "success_url": url,
    "ui_mode": one_of("hosted_page"),
}


def create(work: Work, params: Obj) -> Obj:
    """A page to subscribe on, good for a day unless `expires_at` says otherwise."""
    if params.get("customer") and params.get("customer_email"):
        raise invalid("You may only specify one of these parameters: customer, customer_email.")
    if params.get("customer"):
        work.refer("customer", params["customer"], param="customer")
    data = params.pop("subscription_data", None) or {}
    trial = trial_moment(work, data)
    id = new_id("cs_test")
    session = checkout_session_shape(id, work.now, work.url(f"/c/pay/{id}"), _expiry(work, params))
    lines = _lines(work, params.pop("line_items"))
    total = 0 if trial else sum(line["amount_total"] for line in lines)
    session |= {"amount_subtotal": total, "amount_total": total, "currency": lines[0]["currency"]}
    merge_metadata(session, params)
    session |= params
    return work.create(session, hidden={"line_items": lines, "subscription_data": data})


def _expiry(work: Work, params: Obj) -> int:
    expires_at: int = params.get("expires_at", work.now + SESSION_LIFE)
    if not 1800 <= expires_at - work.now <= SESSION_LIFE + 60:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from creation."
        raise invalid(message, param="expires_at")
    return expires_at


def _lines(work: Work, items: list[Obj]) -> list[Obj]:
    lines = []
    for price, quantity in chosen_items(work, items, param="line_items"):
        amount = price["unit_amount"] * quantity
        lines.append(session_item_shape(new_id("li"), price, quantity, amount, product_name(work, price)))
    return lines


def update(work: Work, params: Obj, id: str) -> Obj:
    """Change the metadata."""
    session = work.get("checkout.session", id, noun="checkout.session")
    merge_metadata(session, params)
    return work.save(session)


def expire(work: Work, params: Obj, id: str) -> Obj:
    """Close a session before its time."""
    session = work.get("checkout.session", id)
    if session["status"] != "open":
        message = 'Only Checkout Sessions with a status in ["open"] can be expired.'
        raise invalid(f"{message} This Checkout Session has a status of `{session['status']}`.")
    return expire_session(work, session)


def line_items(work: Work, params: Obj, id: str) -> Obj:
    """What is bought on a session."""
    return lines_of(work, work.get("checkout.session", id))


def lines_of(work: Work, session: Obj) -> Obj:
    """The lines of a session as a list."""
    address = f"/v1/checkout/sessions/{session['id']}/line_items"
    return {"object": "list", "data": work.hidden(session)["line_items"], "has_more": False, "url": address}


FILTERS: Spec = {
    **CREATED,
    "customer": filled,
    "customer_details": hash_of({"email": filled}),
    "status": one_of("open", "complete", "expired"),
    "subscription": filled,
}
BY_BUYER = {"customer_details": lambda details: equals("customer_details.email", details.get("email"))}
PATH = "/v1/checkout/sessions"
OPERATIONS = (
    Operation("POST", PATH, create, FIELDS, needs=["mode", "success_url", "line_items"]),
    listing(PATH, "checkout.session", FILTERS, BY_BUYER),
    retrieval(f"{PATH}/{{session}}", "checkout.session"),
    Operation("POST", f"{PATH}/{{session}}", update, {"metadata": metadata}),
    Operation("POST", f"{PATH}/{{session}}/expire", expire),
    Operation("GET", f"{PATH}/{{session}}/line_items", line_items, LIST),
)
