"""An invoice as the customer sees it: to read, to print, to pay."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.stripe import clocks
from sandbox.stripe.billing.charging import intent_of, invoice_of
from sandbox.stripe.billing.lifecycle import default_method, pay
from sandbox.stripe.billing.wallet import attach
from sandbox.stripe.errors import ApiError
from sandbox.stripe.pages.card_form import Problems, card_of, problems
from sandbox.stripe.pages.checkout import FAILED
from sandbox.stripe.pages.render import COUNTRIES, form, not_found, page, see, unit
from sandbox.stripe.resources.invoices import unpaid
from sandbox.stripe.resources.tax_ids import rates
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work


async def show(request: Request) -> Response:
    """The invoice, with a form while it is open."""
    with unit(request) as work:
        invoice = _find(work, request.path_params["token"])
        faults = {"number": FAILED} if "failed" in request.query_params else {}
        return _page(work, invoice, Problems(faults)) if invoice else not_found("invoice")


async def pay_here(request: Request) -> Response:
    """Pay with the saved card or with another."""
    sent = await form(request)
    with unit(request) as work:
        invoice = _find(work, request.path_params["token"])
        if invoice is None:
            return not_found("invoice")
        if invoice["status"] != "open":
            return see(invoice["hosted_invoice_url"])
        try:
            return _pay(clocks.follow(work, invoice), invoice, sent)
        except ApiError as error:
            return _page(work, invoice, problems(error, sent), status=402)


def _pay(work: Work, invoice: Obj, sent: dict[str, str]) -> Response:
    method = _saved_card(work, invoice)
    if method is None or sent.get("card") != "saved":
        method = attach(work, card_of(work, sent), work.get("customer", invoice["customer"]))
    match pay(work, invoice, method):
        case "paid" | "processing":
            return see(invoice["hosted_invoice_url"])
        case "action":
            return see(f"/authenticate/{(intent_of(work, invoice) or {})['id']}")
    raise unpaid(work, invoice)


def _find(work: Work, token: str) -> Obj | None:
    if not token.isalnum():
        return None
    ends_so = ("json_extract(json, '$.hosted_invoice_url') GLOB ?", [f"*/i/{token}"])
    return next(iter(work.all("invoice", ends_so)), None)


def _saved_card(work: Work, invoice: Obj) -> Obj | None:
    subscription = invoice["parent"]["subscription_details"]["subscription"]
    return default_method(work, work.get("subscription", subscription))


def _page(work: Work, invoice: Obj, faults: Problems, *, status: int = 200) -> Response:
    saved = _saved_card(work, invoice) if work.find("customer", invoice["customer"]) else None
    values = {"name": "", "country": "", **faults.values}
    return page(
        "invoice.html",
        status=status,
        invoice=invoice,
        saved=saved,
        values=values,
        faults=faults.fields,
        discounts=[
            (_discount_label(work, each), each["amount"]) for each in invoice["total_discount_amounts"]
        ],
        taxes=[(tax_label(tax), tax["amount"]) for tax in invoice["total_taxes"]],
    )


def _discount_label(work: Work, amount: Obj) -> str:
    coupon = work.store.hidden(amount["discount"])["coupon"]
    return str(coupon["name"] or coupon["id"])


REASONS = {
    "customer_exempt": "exempt",
    "product_exempt": "not taxed",
    "reverse_charge": "reverse charge: tax to be paid by the customer",
}


def tax_label(tax: Obj) -> str:
    """For instance `VAT Germany 19%, included`."""
    rate = next(each for each in rates() if each["id"] == tax["tax_rate_details"]["tax_rate"])
    place = COUNTRIES.get(rate["country"], rate["country"])
    reason = REASONS.get(tax["taxability_reason"])
    if reason:
        return f"{rate['display_name']} {place}, {reason}"
    suffix = ", included" if rate["inclusive"] else ""
    return f"{rate['display_name']} {place} {rate['percentage']:g}%{suffix}"


async def receipt(request: Request) -> Response:
    """The receipt of a charge: the invoice it paid, or what was bought on Checkout."""
    with unit(request) as work:
        charge = work.find("charge", request.path_params["charge"])
        if charge is None:
            return not_found("receipt")
        invoice = invoice_of(work, work.get("payment_intent", charge["payment_intent"]))
        if invoice:
            return see(invoice["hosted_invoice_url"])
        sessions = work.all("checkout.session", equals("payment_intent", charge["payment_intent"]))
        lines = [line for session in sessions for line in work.hidden(session)["line_items"]]
        return page("receipt.html", charge=charge, lines=lines)


ROUTES: Sequence[Route] = (
    Route("/i/{token}", show, methods=["GET"]),
    Route("/i/{token}", pay_here, methods=["POST"]),
    Route("/receipts/{charge}", receipt, methods=["GET"]),
)
