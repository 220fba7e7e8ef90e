"""What the money did: payment intents, charges, invoice payments, setup intents. To look at only."""

from sandbox.stripe.params import filled, hash_of, one_of
from sandbox.stripe.resources.operation import CREATED, listing, retrieval
from sandbox.stripe.store import Condition, Obj, equals

_PAYMENT = hash_of({"payment_intent": filled, "type": one_of("payment_intent")}, needs=["type"])
_STATUSES = one_of("open", "paid", "canceled")


def _by_payment(payment: Obj) -> Condition:
    """All that are of the type, or the one that is named."""
    if "payment_intent" in payment:
        return equals("payment.payment_intent", payment["payment_intent"])
    return equals("payment.type", payment["type"])


OPERATIONS = (
    listing("/v1/payment_intents", "payment_intent", {**CREATED, "customer": filled}),
    retrieval("/v1/payment_intents/{intent}", "payment_intent"),
    listing("/v1/charges", "charge", {**CREATED, "customer": filled, "payment_intent": filled}),
    retrieval("/v1/charges/{charge}", "charge"),
    listing("/v1/setup_intents", "setup_intent", {**CREATED, "customer": filled, "payment_method": filled}),
    retrieval("/v1/setup_intents/{intent}", "setup_intent", noun="setupintent"),
    listing(
        "/v1/invoice_payments",
        "invoice_payment",
        {**CREATED, "invoice": filled, "payment": _PAYMENT, "status": _STATUSES},
        {"payment": _by_payment},
    ),
    retrieval("/v1/invoice_payments/{payment}", "invoice_payment"),
    listing("/v1/invoiceitems", "invoiceitem", {**CREATED, "customer": filled, "invoice": filled}),
    retrieval("/v1/invoiceitems/{item}", "invoiceitem"),
)
