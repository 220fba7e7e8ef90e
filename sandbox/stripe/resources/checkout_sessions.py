"""Checkout Sessions, in subscription and payment mode: https://docs.stripe.com/api/checkout/sessions."""

from sandbox.stripe.billing.invoicing import product_name
from sandbox.stripe.billing.order import check_order, reckon
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
from sandbox.stripe.resources.checkout_options import OPTIONS, check_options, take_options
from sandbox.stripe.resources.discounts import NEW_DISCOUNTS, order_redemptions
from sandbox.stripe.resources.operation import (
    CREATED,
    LIST,
    Operation,
    listing,
    merge_metadata,
    retrieval,
)
from sandbox.stripe.resources.prices import ORDER_PRICE_DATA
from sandbox.stripe.resources.subscription_items import bought_items, chosen_items
from sandbox.stripe.resources.subscription_terms import TRIAL_SETTINGS, trial_moment
from sandbox.stripe.shapes.checkout import checkout_session_shape, session_item_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id

NEEDS_ADDRESS = (
    "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to "
    "the Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to "
    "'auto' to save the address entered in Checkout to the Customer."
)
NEEDS_NAME = (
    "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an "
    "existing customer, please set `customer_update[name]` to `auto`."
)
SUBSCRIPTION_DATA: Spec = {
    "description": text,
    "metadata": metadata,
    "trial_end": integer,
    "trial_period_days": integer,
    "trial_settings": TRIAL_SETTINGS,
}
ADJUSTABLE = hash_of({"enabled": boolean, "maximum": integer, "minimum": integer}, needs=["enabled"])
LINE_ITEM = hash_of(
    {"adjustable_quantity": ADJUSTABLE, "price": filled, "price_data": ORDER_PRICE_DATA, "quantity": integer},
    needs=["quantity"],
)
FIELDS: Spec = OPTIONS | {
    "allow_promotion_codes": boolean,
    "automatic_tax": hash_of({"enabled": boolean}, needs=["enabled"]),
    "billing_address_collection": one_of("auto", "required"),
    "cancel_url": url,
    "client_reference_id": text,
    "customer": filled,
    "customer_email": email,
    "customer_update": hash_of(dict.fromkeys(("address", "name", "shipping"), one_of("auto", "never"))),
    "discounts": NEW_DISCOUNTS,
    "expires_at": integer,
    "line_items": list_of(LINE_ITEM),
    "locale": filled,
    "metadata": metadata,
    "mode": one_of("payment", "subscription"),
    "payment_method_collection": one_of("always", "if_required"),
    "payment_method_types": list_of(one_of("card", "sepa_debit")),
    "subscription_data": hash_of(SUBSCRIPTION_DATA),
    "success_url": url,
    "tax_id_collection": hash_of({"enabled": boolean, "required": one_of("never")}, needs=["enabled"]),
    "ui_mode": one_of("hosted_page"),
}


def create(work: Work, params: Obj) -> Obj:
    """A page to subscribe or to pay on, good for a day unless `expires_at` says otherwise."""
    if params.get("customer") and params.get("customer_email"):
        raise invalid("You may only specify one of these parameters: customer, customer_email.")
    if params.get("customer"):
        work.refer("customer", params["customer"], param="customer")
    _check_tax(work, params)
    check_options(params)
    data = params.pop("subscription_data", None) or {}
    trial_moment(work, data)
    id = new_id("cs_test")
    session = checkout_session_shape(id, work.now, work.url(f"/c/pay/{id}"), _expiry(work, params))
    lines = _lines(work, params.pop("line_items"), mode=params["mode"])
    take_options(session, params)
    session["automatic_tax"] |= params.pop("automatic_tax", None) or {}
    session["discounts"] = _discounts(work, params, lines)
    facts = {key: params.pop(key, None) for key in ("customer_update", "payment_intent_data")}
    merge_metadata(session, params)
    session |= params
    work.create(session, hidden=facts | {"line_items": lines, "subscription_data": data})
    reckon(work, session)
    check_order(work, session)
    return session


def _discounts(work: Work, params: Obj, lines: list[Obj]) -> list[Obj]:
    named = params.pop("discounts", [])
    if named and "allow_promotion_codes" in params:
        message = "You may only specify one of these parameters: allow_promotion_codes, discounts."
        raise invalid(message, param="discounts")
    if len(named) > 1:
        raise invalid("You can pass at most one discount to a Checkout Session.", param="discounts")
    items = [(line["price"], line["quantity"]) for line in lines]
    return [each.named for each in order_redemptions(work, named, items, customer=params.get("customer"))]


def _check_tax(work: Work, params: Obj) -> None:
    """Stripe's conditions for taxing a customer there is already, and for taking their tax id."""
    if not params.get("customer"):
        return
    customer = work.get("customer", params["customer"])
    updates = params.get("customer_update") or {}
    taxed = (params.get("automatic_tax") or {}).get("enabled")
    if taxed and not (customer["address"] or {}).get("country") and updates.get("address") != "auto":
        raise invalid(NEEDS_ADDRESS, param="automatic_tax[enabled]", code="customer_tax_location_invalid")
    if (params.get("tax_id_collection") or {}).get("enabled") and updates.get("name") != "auto":
        raise invalid(NEEDS_NAME, param="customer_update[name]")


def _expiry(work: Work, params: Obj) -> int:
    expires_at: int = params.get("expires_at", work.now + SESSION_LIFE)
    if not 1800 <= expires_at - work.now <= SESSION_LIFE + 60:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from creation."
        raise invalid(message, param="expires_at")
    return expires_at


def _lines(work: Work, items: list[Obj], *, mode: str) -> list[Obj]:
    lines = []
    chosen = (chosen_items if mode == "subscription" else bought_items)(work, items, param="line_items")
    for at, ((price, quantity), item) in enumerate(zip(chosen, items, strict=True)):
        if quantity < 1:
            raise invalid("Invalid positive integer", param=f"line_items[{at}][quantity]")
        amount = price["unit_amount"] * quantity
        line = session_item_shape(new_id("li"), price, quantity, amount, product_name(work, price))
        line["adjustable_quantity"] = _adjustable(item.get("adjustable_quantity"))
        lines.append(line)
    return lines


def _adjustable(asked: Obj | None) -> Obj | None:
    """Between which quantities a buyer may choose: 1 and 99 unless the call says otherwise."""
    if not asked or not asked["enabled"]:
        return None
    return {"enabled": True, "minimum": asked.get("minimum", 1), "maximum": asked.get("maximum", 99)}


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
    "payment_intent": filled,
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
