"""Checkout: the page where someone subscribes and pays."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.stripe.billing import checkout
from sandbox.stripe.billing.charging import intent_of
from sandbox.stripe.billing.checkout import Buyer
from sandbox.stripe.billing.ticker import expire_session
from sandbox.stripe.errors import ApiError
from sandbox.stripe.pages.card_form import Problems, card_of, problems
from sandbox.stripe.pages.render import COUNTRIES, day, form, not_found, notice, page, see, unit
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

FAILED = "We could not authenticate your card. Please try again, or use another card."


async def show(request: Request) -> Response:
    """The form, or what became of the session."""
    with unit(request) as work:
        session = work.find("checkout.session", request.path_params["session"])
        if session is None:
            return not_found("checkout page")
        faults = {"number": FAILED} if "failed" in request.query_params else {}
        return _closed(work, session) or _form(work, session, Problems(faults))


async def pay(request: Request) -> Response:
    """Try the card; the form comes back with what was wrong."""
    sent = await form(request)
    with unit(request) as work:
        session = work.find("checkout.session", request.path_params["session"])
        if session is None:
            return not_found("checkout page")
        closed = _closed(work, session)
        if closed:
            return closed
        faults = _check(session, sent)
        if faults:
            return _form(work, session, Problems(faults, sent), status=422)
        try:
            return _submit(work, session, sent)
        except ApiError as error:
            return _form(work, session, problems(error, sent), status=402)


def _check(session: Obj, sent: dict[str, str]) -> dict[str, str]:
    faults = {}
    email = sent.get("email", "")
    if not _known_email(session) and ("@" not in email[1:-1] or " " in email):
        faults["email"] = "Enter your e-mail address, for instance name@example.com."
    if not sent.get("name"):
        faults["name"] = "Enter the name on the card."
    if sent.get("country") not in COUNTRIES:
        faults["country"] = "Choose your country."
    return faults


def _known_email(session: Obj) -> str:
    return str(session["customer_email"] or "")


def _submit(work: Work, session: Obj, sent: dict[str, str]) -> Response:
    buyer = Buyer(_known_email(session) or sent.get("email", ""), sent["name"], sent["country"])
    method = card_of(work, sent) if checkout.needs_card(work, session) else None
    match checkout.submit(work, session, buyer, method):
        case "paid":
            return see(_success_url(session))
        case "action":
            return see(f"/authenticate/{_waiting_intent(work, session)}?session={session['id']}")
    intent = _intent(work, _waiting_intent(work, session))
    failure = (intent or {}).get("last_payment_error") or {}
    message = failure.get("message", "Your card was declined.")
    return _form(work, session, problems(ApiError(402, message), sent), status=402)


def _success_url(session: Obj) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _waiting_intent(work: Work, session: Obj) -> str:
    """The intent a session waits for: of the first invoice, or of a card to be set up for after the trial."""
    hidden = work.hidden(session)
    if work.find("setup_intent", hidden.get("waiting", "")):
        return str(hidden["waiting"])
    subscription = work.get("subscription", hidden["subscription"])
    intent = intent_of(work, work.get("invoice", subscription["latest_invoice"])) or {}
    return str(intent.get("id", ""))


def _intent(work: Work, id: str) -> Obj | None:
    return work.find("payment_intent", id) or work.find("setup_intent", id)


def _closed(work: Work, session: Obj) -> Response | None:
    back = session["cancel_url"] or session["success_url"]
    if session["status"] == "open" and session["expires_at"] <= work.now:
        expire_session(work, session)
    if session["status"] == "complete":
        text = "You have already completed this payment. Nothing more is to do here."
        return notice("Payment completed", text, link=_success_url(session), label="Continue")
    if session["status"] == "expired":
        text = "This page has expired, and nothing was charged. Start again from the site you came from."
        return notice("This page has expired", text, status=410, link=back, label="Back to the site")
    return None


def _form(work: Work, session: Obj, problems: Problems, *, status: int = 200) -> Response:
    known = work.find("customer", session["customer"]) if session["customer"] else None
    email = _known_email(session) or (known or {}).get("email") or ""
    values = {"email": email, "name": "", "country": "", **problems.values}
    return page(
        "checkout.html",
        status=status,
        session=session,
        lines=work.hidden(session)["line_items"],
        trial=_trial_text(work, session),
        needs_card=checkout.needs_card(work, session),
        email_is_fixed=bool(email),
        values=values,
        faults=problems.fields,
    )


def _trial_text(work: Work, session: Obj) -> str | None:
    terms = work.hidden(session)["subscription_data"]
    if terms.get("trial_period_days"):
        return f"{terms['trial_period_days']} days free"
    return f"Free until {day(terms['trial_end'])}" if terms.get("trial_end") else None


ROUTES: Sequence[Route] = (
    Route("/c/pay/{session}", show, methods=["GET"]),
    Route("/c/pay/{session}", pay, methods=["POST"]),
)
