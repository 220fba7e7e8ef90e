"""Invoices and their lines: https://docs.stripe.com/api/invoices."""

from sandbox.stripe.billing.charging import cancel_payment, intent_of
from sandbox.stripe.billing.invoicing import finalize, mark_uncollectible, void
from sandbox.stripe.billing.lifecycle import default_method, pay, settle
from sandbox.stripe.billing.wallet import resolve
from sandbox.stripe.errors import ApiError, card_error, invalid, no_such
from sandbox.stripe.params import Spec, boolean, filled, integer, one_of, time_range
from sandbox.stripe.resources.customers import require_own
from sandbox.stripe.resources.operation import CREATED, Operation, listing, retrieval
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work

PAY: Spec = {"payment_method": filled, "off_session": boolean, "paid_out_of_band": boolean}


def pay_now(work: Work, params: Obj, id: str) -> Obj:
    """Try to collect an open invoice now. Raises ApiError 402 when the card does not pay."""
    invoice = work.get("invoice", id)
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] == "draft":
        finalize(work, invoice)
    if invoice["status"] != "open":
        raise invalid(f"Invoice is {invoice['status']} and cannot be paid.", code="invoice_not_editable")
    if params.get("paid_out_of_band"):
        cancel_payment(work, invoice)
        settle(work, invoice, "paid")
        return work.get("invoice", id)
    method = _card(work, invoice, params)
    if pay(work, invoice, method) not in ("paid", "processing"):
        raise unpaid(work, invoice)
    return work.get("invoice", id)


def _card(work: Work, invoice: Obj, params: Obj) -> Obj:
    customer = work.get("customer", invoice["customer"])
    if "payment_method" in params:
        method: Obj | None = resolve(work, params["payment_method"], param="payment_method")
        require_own(method or {}, customer, param="payment_method")
    else:
        subscription = invoice["parent"]["subscription_details"]["subscription"]
        method = default_method(work, work.get("subscription", subscription))
    if method is None:
        message = "Cannot charge this customer: there is no default payment method."
        raise invalid(message, code="invoice_payment_intent_requires_payment_method")
    return method


def unpaid(work: Work, invoice: Obj) -> ApiError:
    """Why the invoice was not paid, as the API says it."""
    intent = intent_of(work, invoice) or {}
    failure = intent.get("last_payment_error")
    if intent.get("status") == "requires_action" or not failure:
        message = "This payment requires additional user action before it can be completed successfully."
        return card_error("invoice_payment_intent_requires_action", message)
    details = {"charge": failure["charge"]} if "charge" in failure else {}
    return card_error(
        failure["code"], failure["message"], decline_code=failure.get("decline_code"), **details
    )


def lines(work: Work, params: Obj, id: str) -> Obj:
    """The lines of an invoice, in their order."""
    listed: Obj = work.get("invoice", id)["lines"]
    cursor, limit = params.get("starting_after"), params.get("limit", 10)
    ids = [line["id"] for line in listed["data"]]
    if cursor and cursor not in ids:
        raise no_such("line item", cursor, param="starting_after", status=400)
    first = ids.index(cursor) + 1 if cursor else 0
    return listed | {"data": listed["data"][first : first + limit], "has_more": first + limit < len(ids)}


FILTERS: Spec = {
    **CREATED,
    "collection_method": one_of("charge_automatically", "send_invoice"),
    "customer": filled,
    "due_date": time_range,
    "status": one_of("draft", "open", "paid", "uncollectible", "void"),
    "subscription": filled,
}
OF_SUBSCRIPTION = {"subscription": lambda id: equals("parent.subscription_details.subscription", id)}
OPERATIONS = (
    listing("/v1/invoices", "invoice", FILTERS, OF_SUBSCRIPTION),
    retrieval("/v1/invoices/{invoice}", "invoice"),
    Operation("GET", "/v1/invoices/{invoice}/lines", lines, {"limit": integer, "starting_after": filled}),
    Operation("POST", "/v1/invoices/{invoice}/pay", pay_now, PAY),
    Operation(
        "POST", "/v1/invoices/{invoice}/void", lambda work, params, id: void(work, work.get("invoice", id))
    ),
    Operation(
        "POST",
        "/v1/invoices/{invoice}/mark_uncollectible",
        lambda work, params, id: mark_uncollectible(work, work.get("invoice", id)),
    ),
    Operation(
        "POST",
        "/v1/invoices/{invoice}/finalize",
        lambda work, params, id: finalize(work, work.get("invoice", id)),
    ),
)
