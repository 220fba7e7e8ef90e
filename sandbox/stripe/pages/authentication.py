"""3D Secure: the page where a card's owner confirms, or fails to confirm, that it is them."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.stripe.billing.authentication import authenticate_intent
from sandbox.stripe.billing.charging import Outcome, invoice_of
from sandbox.stripe.billing.checkout import go_on
from sandbox.stripe.billing.wallet import make_default
from sandbox.stripe.pages.portal import leave
from sandbox.stripe.pages.render import form, not_found, notice, page, see, unit
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work


async def show(request: Request) -> Response:
    """Ask."""
    with unit(request) as work:
        intent = _intent(work, request.path_params["intent"])
        if intent is None:
            return not_found("payment")
        if intent["status"] != "requires_action":
            return notice("Nothing to confirm", "This payment does not wait for authentication any more.")
        method = work.get("payment_method", intent["payment_method"])
        return page("authenticate.html", intent=intent, card=method["card"])


async def decide(request: Request) -> Response:
    """Take the answer and go back to where the card was needed."""
    sent = await form(request)
    with unit(request) as work:
        intent = _intent(work, request.path_params["intent"])
        if intent is None:
            return not_found("payment")
        if intent["status"] != "requires_action":
            return notice("Nothing to confirm", "This payment does not wait for authentication any more.")
        outcome = authenticate_intent(work, intent, succeeded=sent.get("result") == "complete")
        return _back(work, intent, request.query_params.get("session", ""), outcome)


def _intent(work: Work, id: str) -> Obj | None:
    return work.find("payment_intent", id) or work.find("setup_intent", id)


def _back(work: Work, intent: Obj, session_id: str, outcome: Outcome) -> Response:
    session = work.find("checkout.session", session_id)
    if session:
        if outcome == "paid" and go_on(work, session) == "paid":
            return see(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
        return see(f"/c/pay/{session['id']}?failed=1")
    visit = work.find("billing_portal.session", session_id)
    if visit:
        if outcome != "paid":
            return see(f"/p/session/{visit['id']}/card?failed=1")
        make_default(work, work.get("payment_method", intent["payment_method"]))
        return leave(visit, "card")
    invoice = invoice_of(work, intent)
    if invoice:
        return see(invoice["hosted_invoice_url"] + ("" if outcome == "paid" else "?failed=1"))
    return notice("Thank you", "You can close this page.")


ROUTES: Sequence[Route] = (
    Route("/authenticate/{intent}", show, methods=["GET"]),
    Route("/authenticate/{intent}", decide, methods=["POST"]),
)
