"""Payment methods, of which there are cards: https://docs.stripe.com/api/payment_methods."""

from sandbox.stripe.billing.wallet import attach, from_numbers, from_test_card, resolve
from sandbox.stripe.cards import BY_MAGIC
from sandbox.stripe.errors import invalid, missing_param, no_such
from sandbox.stripe.params import ADDRESS, Spec, email, filled, hash_of, integer, metadata, one_of, text
from sandbox.stripe.resources.operation import Operation, listing, merge_metadata
from sandbox.stripe.shapes import blank_address
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work

CARD = hash_of({"number": filled, "exp_month": integer, "exp_year": integer, "cvc": filled, "token": filled})
BILLING = hash_of({"address": ADDRESS, "email": email, "name": text, "phone": text})
REDISPLAY = one_of("always", "limited", "unspecified")
FIELDS: Spec = {"allow_redisplay": REDISPLAY, "billing_details": BILLING, "metadata": metadata}


def create(work: Work, params: Obj) -> Obj:
    """A card from its number or a test token."""
    card = params.pop("card", None)
    if not card:
        raise missing_param("card")
    method = _from_token(work, card["token"]) if "token" in card else _from_card(work, card)
    return update(work, params | {"type": "card"}, method["id"])


def _from_token(work: Work, token: str) -> Obj:
    if token not in BY_MAGIC or not token.startswith("tok_"):
        raise no_such("token", token, param="card[token]", status=400)
    return from_test_card(work, BY_MAGIC[token])


def _from_card(work: Work, card: Obj) -> Obj:
    for key in ("number", "exp_month", "exp_year"):
        if key not in card:
            raise missing_param(f"card[{key}]")
    return from_numbers(work, card["number"], card["exp_month"], card["exp_year"], card.get("cvc"))


def update(work: Work, params: Obj, id: str) -> Obj:
    """Change what is known of the card's owner."""
    method = work.get("payment_method", id, noun="PaymentMethod")
    merge_metadata(method, params)
    details = params.pop("billing_details", None) or {}
    if details.get("address"):
        details["address"] = blank_address() | details["address"]
    method["billing_details"] |= details
    return work.save(method | params, event="payment_method.updated")


def attach_to(work: Work, params: Obj, id: str) -> Obj:
    """Attach a card, or the one a magic id stands for."""
    customer = work.refer("customer", params["customer"], param="customer")
    return attach(work, resolve(work, id, param="payment_method"), customer)


def detach(work: Work, params: Obj, id: str) -> Obj:
    """Take a card off its customer's file, and from wherever it was the default."""
    method = work.get("payment_method", id, noun="PaymentMethod")
    if not method["customer"]:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    customer = work.get("customer", method["customer"])
    if customer["invoice_settings"]["default_payment_method"] == id:
        customer["invoice_settings"]["default_payment_method"] = None
        work.save(customer, event="customer.updated")
    mine = equals("customer", customer["id"])
    for subscription in work.all("subscription", mine, equals("default_payment_method", id)):
        work.save(subscription | {"default_payment_method": None}, event="customer.subscription.updated")
    return work.save(method | {"customer": None}, also=["payment_method.detached"], detached=True)


def retrieve(work: Work, params: Obj, id: str) -> Obj:
    """A card; a magic id shows a fresh one."""
    if id in BY_MAGIC:
        return resolve(work, id, param="payment_method")
    return work.get("payment_method", id, noun="PaymentMethod")


NEW: Spec = {**FIELDS, "type": one_of("card"), "card": CARD}
OPERATIONS = (
    Operation("POST", "/v1/payment_methods", create, NEW, needs=["type"]),
    listing(
        "/v1/payment_methods", "payment_method", {"customer": filled, "type": one_of("card", "sepa_debit")}
    ),
    Operation("GET", "/v1/payment_methods/{method}", retrieve),
    Operation("POST", "/v1/payment_methods/{method}", update, FIELDS),
    Operation(
        "POST", "/v1/payment_methods/{method}/attach", attach_to, {"customer": filled}, needs=["customer"]
    ),
    Operation("POST", "/v1/payment_methods/{method}/detach", detach),
)
