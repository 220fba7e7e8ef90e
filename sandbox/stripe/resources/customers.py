"""Customers: https://docs.stripe.com/api/customers."""

from sandbox.stripe.billing.balances import change_balance
from sandbox.stripe.billing.customers import delete_customer, reconsider_retries
from sandbox.stripe.billing.tax_ids import add_tax_id
from sandbox.stripe.billing.test_clocks import require_room
from sandbox.stripe.billing.wallet import attach, resolve
from sandbox.stripe.errors import invalid
from sandbox.stripe.params import (
    ADDRESS,
    Spec,
    email,
    filled,
    hash_of,
    integer,
    list_of,
    metadata,
    one_of,
    text,
)
from sandbox.stripe.resources.operation import (
    CREATED,
    LIST,
    Operation,
    list_page,
    listing,
    merge_metadata,
    of_clock,
)
from sandbox.stripe.resources.tax_ids import TAX_ID
from sandbox.stripe.shapes import blank_address
from sandbox.stripe.shapes.customers import customer_shape
from sandbox.stripe.store import Condition, Obj, equals
from sandbox.stripe.work import TEST_CLOCK, Work, new_id, token

FIELDS: Spec = {
    "address": ADDRESS,
    "balance": integer,
    "description": text,
    "email": email,
    "invoice_settings": hash_of({"default_payment_method": text}),
    "metadata": metadata,
    "name": text,
    "phone": text,
    "preferred_locales": list_of(filled),
    "shipping": hash_of({"address": ADDRESS, "name": filled, "phone": text}, needs=["address", "name"]),
    "tax_exempt": one_of("none", "exempt", "reverse"),
}


def create(work: Work, params: Obj) -> Obj:
    """A new customer, perhaps with a card."""
    customer = customer_shape(new_id("cus"), work.now, token(8).upper())
    method, balance = params.pop("payment_method", None), params.pop("balance", 0)
    tax_ids = params.pop("tax_id_data", [])
    if "test_clock" in params:
        require_room(work, work.refer(TEST_CLOCK, params["test_clock"], param="test_clock"))
    _take_up(customer, {key: value for key, value in params.items() if key != "invoice_settings"})
    work.create(customer, event="customer.created")
    _set_balance(work, customer, balance)
    for each in tax_ids:
        add_tax_id(work, customer, each["type"], each["value"])
    if method:
        attach(work, resolve(work, method, param="payment_method"), customer)
    if "invoice_settings" in params:
        return update(work, {"invoice_settings": params["invoice_settings"]}, customer["id"])
    return customer


def _set_balance(work: Work, customer: Obj, balance: int) -> None:
    """Bring the balance to that amount, in the currency the customer pays in (else US dollars)."""
    change = balance - customer["balance"]
    if change:
        change_balance(work, customer, change, customer["currency"] or "usd", type="adjustment")


def retrieve(work: Work, params: Obj, id: str) -> Obj:
    """A customer, or that they were deleted."""
    gone = work.store.get(id)
    return gone if gone and gone["object"] == "customer" and gone.get("deleted") else work.get("customer", id)


def update(work: Work, params: Obj, id: str) -> Obj:
    """Change what was sent."""
    customer = work.get("customer", id)
    if "balance" in params:
        _set_balance(work, customer, params.pop("balance"))
    sent = params.pop("invoice_settings", None) or {}
    if "default_payment_method" in sent:
        customer["invoice_settings"]["default_payment_method"] = _own_card(work, customer, sent)
    _take_up(customer, params)
    work.save(customer, event="customer.updated")
    reconsider_retries(work, id)
    return work.get("customer", id)


def _own_card(work: Work, customer: Obj, sent: Obj) -> str | None:
    if not sent["default_payment_method"]:
        return None
    param = "invoice_settings[default_payment_method]"
    method = resolve(work, sent["default_payment_method"], param=param)
    if method["customer"] is None and method["id"] in work.stand_ins.values():
        attach(work, method, customer)
    return require_own(method, customer, param=param)


def require_own(method: Obj, customer: Obj, *, param: str) -> str:
    """The id of a card that is attached to this customer. Raises ApiError 400 for any other."""
    if method["customer"] != customer["id"]:
        message = f"The customer does not have a payment method with the ID {method['id']}."
        raise invalid(f"{message} The payment method must be attached to the customer.", param=param)
    return str(method["id"])


def _take_up(customer: Obj, params: Obj) -> None:
    merge_metadata(customer, params)
    if params.get("address"):
        params["address"] = blank_address() | params["address"]
    if params.get("shipping"):
        where = blank_address() | {key: part or None for key, part in params["shipping"]["address"].items()}
        params["shipping"] = {"carrier": None, "phone": None, "tracking_number": None} | params["shipping"]
        params["shipping"]["address"] = where
    customer |= params


def delete(work: Work, params: Obj, id: str) -> Obj:
    """Delete a customer; their subscriptions end at once."""
    return delete_customer(work, work.get("customer", id))


def cards(work: Work, params: Obj, id: str) -> Obj:
    """The cards of a customer."""
    work.get("customer", id)
    conditions: list[Condition] = [equals("customer", id)]
    if "type" in params:
        conditions.append(equals("type", params["type"]))
    return list_page(work, "payment_method", f"/v1/customers/{id}/payment_methods", params, conditions)


LISTING = listing(
    "/v1/customers", "customer", {**CREATED, "email": filled, "test_clock": filled}, {"test_clock": of_clock}
)


def list_customers(work: Work, params: Obj) -> Obj:
    """Customers; those of a test clock only when it is named."""
    page: Obj = LISTING.run(work, {"test_clock": None, **params})
    return page


NEW: Spec = FIELDS | {
    "payment_method": filled,
    "tax_id_data": list_of(hash_of(TAX_ID, needs=["type", "value"])),
    "test_clock": filled,
}
OPERATIONS = (
    Operation(
        "POST",
        "/v1/customers",
        create,
        {**FIELDS, "tax_id_data": list_of(hash_of(TAX_ID)), "payment_method": filled, "test_clock": filled},
    ),
    Operation("GET", "/v1/customers", list_customers, LISTING.spec),
    Operation("GET", "/v1/customers/{customer}", retrieve),
    Operation("POST", "/v1/customers/{customer}", update, FIELDS),
    Operation("DELETE", "/v1/customers/{customer}", delete),
    Operation("GET", "/v1/customers/{customer}/payment_methods", cards, {**LIST, "type": one_of("card")}),
)
