"""Checkout: the page where someone subscribes and pays."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.stripe.billing import checkout
from sandbox.stripe.billing.charging import intent_of
from sandbox.stripe.billing.checkout import Buyer
from sandbox.stripe.billing.discounts import refusal_text
from sandbox.stripe.billing.order import reckon
from sandbox.stripe.billing.tax_ids import normal_tax_id
from sandbox.stripe.billing.taxing import is_inclusive, tax_id_country, tax_id_type
from sandbox.stripe.billing.ticker import expire_session
from sandbox.stripe.errors import ApiError
from sandbox.stripe.money import price_text
from sandbox.stripe.pages.card_form import Problems, method_of, problems, shown_again
from sandbox.stripe.pages.collected import FIELDS, asked, missing, shipping_of
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
        return closed(work, session) or show_form(work, session, Problems(faults))


async def pay(request: Request) -> Response:
    """Try the card; the form comes back with what was wrong."""
    sent = await form(request)
    with unit(request) as work:
        session = work.find("checkout.session", request.path_params["session"])
        if session is None:
            return not_found("checkout page")
        over = closed(work, session)
        if over:
            return over
        if "update" in sent:
            return _update(work, session, sent)
        faults = _check(session, sent)
        if faults:
            return show_form(work, session, Problems(faults, sent), status=422)
        try:
            return _submit(work, session, sent)
        except ApiError as error:
            return _refused(work, session, sent, error)


def _check(session: Obj, sent: dict[str, str]) -> dict[str, str]:
    faults = {}
    email = sent.get("email", "")
    if not _known_email(session) and ("@" not in email[1:-1] or " " in email):
        faults["email"] = "Enter your e-mail address, for instance name@example.com."
    if not sent.get("name"):
        faults["name"] = "Enter the name on the card."
    return faults | _place_faults(session, sent) | missing(session, sent)


def _place_faults(session: Obj, sent: dict[str, str]) -> dict[str, str]:
    country, tax_id = sent.get("country", ""), sent.get("tax_id", "")
    if country not in COUNTRIES:
        return {"country": "Choose your country."}
    if tax_id and asks_tax_id(session):
        type = tax_id_type(country)
        if type is None or tax_id_country(type, normal_tax_id(tax_id)) != country:
            return {
                "tax_id": f"This is no tax number of {COUNTRIES[country]}. Correct it, or leave it empty."
            }
    return {}


def asks_tax_id(session: Obj) -> bool:
    """Whether businesses may give their tax number."""
    return bool((session.get("tax_id_collection") or {}).get("enabled"))


def asks_address(session: Obj) -> bool:
    """Whether the site wants the address, tax or no tax."""
    return bool(session["billing_address_collection"] == "required")


def _buyer(session: Obj, sent: dict[str, str]) -> Buyer:
    email = _known_email(session) or sent.get("email", "")
    tax_id = normal_tax_id(sent.get("tax_id", "")) if asks_tax_id(session) else ""
    phone = sent.get("phone") if asked(session)["phone"] else None
    place = (sent["country"], sent.get("postal_code", ""))
    return Buyer(email, sent.get("name", ""), *place, tax_id, phone, shipping_of(session, sent))


def _update(work: Work, session: Obj, sent: dict[str, str]) -> Response:
    """Show what the order costs where the buyer is."""
    faults = _place_faults(session, sent)
    values = shown_again(sent)
    if faults:
        return show_form(work, session, Problems(faults, values), status=422)
    _reckon_for(work, session, sent)
    return show_form(work, session, Problems({}, values), news="The total is brought up to date.")


def _reckon_for(work: Work, session: Obj, sent: dict[str, str]) -> None:
    reckon(work, session, taxpayer=checkout.taxpayer_for(work, session, _buyer(session, sent)))


def _refused(work: Work, session: Obj, sent: dict[str, str], error: ApiError) -> Response:
    """Say what is wrong. A discount that is not to be had any more is taken off."""
    if error.param != "discounts":
        return show_form(work, session, problems(error, sent), status=402)
    session["discounts"] = []
    reckon(work, session)
    faults = {"promotion_code": refusal_text(error)}
    return show_form(work, session, Problems(faults, shown_again(sent)), status=422)


def _known_email(session: Obj) -> str:
    return str(session["customer_email"] or "")


def _submit(work: Work, session: Obj, sent: dict[str, str]) -> Response:
    buyer = _buyer(session, sent)
    _reckon_for(work, session, sent)
    if sent.get("total", str(session["amount_total"])) != str(session["amount_total"]):
        news = "The total has changed with where you are. Check it, and enter your card again to pay."
        return show_form(work, session, Problems({}, shown_again(sent)), status=422, news=news)
    types = session["payment_method_types"]
    method = method_of(work, sent, types) if checkout.needs_card(work, session) else None
    match checkout.submit(work, session, buyer, method):
        case "paid" | "processing":
            return see(_success_url(session))
        case "action":
            return see(f"/authenticate/{_waiting_intent(work, session)}?session={session['id']}")
    intent = _intent(work, _waiting_intent(work, session))
    failure = (intent or {}).get("last_payment_error") or {}
    message = failure.get("message", "Your card was declined.")
    return show_form(work, session, problems(ApiError(402, message), sent), status=402)


def _success_url(session: Obj) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _waiting_intent(work: Work, session: Obj) -> str:
    """The intent a session waits for: of the first invoice, or of a card to be set up for after the trial."""
    if session["mode"] == "payment":
        return str(session["payment_intent"])
    hidden = work.hidden(session)
    if work.find("setup_intent", hidden.get("waiting", "")):
        return str(hidden["waiting"])
    subscription = work.get("subscription", hidden["subscription"])
    intent = intent_of(work, work.get("invoice", subscription["latest_invoice"])) or {}
    return str(intent.get("id", ""))


def _intent(work: Work, id: str) -> Obj | None:
    return work.find("payment_intent", id) or work.find("setup_intent", id)


def closed(work: Work, session: Obj) -> Response | None:
    """What is said when the session is over, None while it is open."""
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


def show_form(
    work: Work, session: Obj, problems: Problems, *, status: int = 200, news: str | None = None
) -> Response:
    """The page, with what is wrong and, as `news`, what changed since it was seen last."""
    known = work.find("customer", session["customer"]) if session["customer"] else None
    email = _known_email(session) or (known or {}).get("email") or ""
    lines = work.hidden(session)["line_items"]
    address = (known or {}).get("address") or {}
    place = {key: address.get(key) or "" for key in ("country", "postal_code")}
    values = {**dict.fromkeys(FIELDS, ""), "email": email, "name": "", "tax_id": "", **place}
    return page(
        "checkout.html",
        status=status,
        session=session,
        lines=lines,
        trial=_trial_text(work, session),
        regular=_regular(session, lines),
        needs_card=checkout.needs_card(work, session),
        email_is_fixed=bool(email),
        values=values | problems.values,
        asked=asked(session),
        deed=_deed(session),
        faults=problems.fields,
        news=news,
        code=_code(work, session),
        off=session_discount(work, session),
        included=all(is_inclusive(line["price"], session["currency"]) for line in lines),
        asks_place=session["automatic_tax"]["enabled"] or asks_tax_id(session) or asks_address(session),
        asks_tax_id=asks_tax_id(session),
    )


def _regular(session: Obj, lines: list[Obj]) -> str:
    """What every period costs when no discount holds, for instance `€18.00 / month plus tax`."""
    recurring = [line for line in lines if line["price"]["recurring"]]
    if not recurring:
        return ""
    amount = sum(line["price"]["unit_amount"] * line["quantity"] for line in recurring)
    price = recurring[0]["price"] | {"unit_amount": amount}
    is_added = not all(is_inclusive(line["price"], session["currency"]) for line in recurring)
    return price_text(price) + (" plus tax" if is_added and session["automatic_tax"]["enabled"] else "")


def _deed(session: Obj) -> tuple[str, str]:
    """What the page is headed by and what its button says, before what is bought and what it costs."""
    if session["mode"] == "subscription":
        return "Subscribe to", "Subscribe"
    words = {"book": ("Book", "Book"), "donate": ("Donate for", "Donate")}
    return words.get(session["submit_type"], ("Buy", "Pay"))


def _code(work: Work, session: Obj) -> str:
    """How the discount of a session is called: by the word that was typed, else by its coupon."""
    for named in session["discounts"] or []:
        if named["promotion_code"]:
            return str(work.get("promotion_code", named["promotion_code"])["code"])
        coupon = work.find("coupon", named["coupon"]) or {}
        return str(coupon.get("name") or named["coupon"])
    return ""


def session_discount(work: Work, session: Obj) -> int:
    """What the discount takes off, in minor units, also where a trial puts that off."""
    return sum(int(line["amount_discount"]) for line in work.hidden(session)["line_items"])


def _trial_text(work: Work, session: Obj) -> str | None:
    terms = work.hidden(session)["subscription_data"]
    if terms.get("trial_period_days"):
        return f"{terms['trial_period_days']} days free"
    return f"Free until {day(terms['trial_end'])}" if terms.get("trial_end") else None


ROUTES: Sequence[Route] = (
    Route("/c/pay/{session}", show, methods=["GET"]),
    Route("/c/pay/{session}", pay, methods=["POST"]),
)
