"""Changing an order on Checkout before it is paid: a promotion code, and how many of each."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.stripe.billing.discounts import redemption_of_code, refusal_text
from sandbox.stripe.billing.order import check_order, reckon, replace_discounts
from sandbox.stripe.errors import ApiError, invalid
from sandbox.stripe.pages.card_form import Problems
from sandbox.stripe.pages.checkout import closed, show_form
from sandbox.stripe.pages.render import form, not_found, see, unit
from sandbox.stripe.resources.promotion_codes import same_word
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work


async def change(request: Request) -> Response:
    """Take the change up and show the page again; what is refused leaves the order as it was."""
    sent = await form(request)
    with unit(request) as work:
        session = work.find("checkout.session", request.path_params["session"])
        if session is None:
            return not_found("checkout page")
        over = closed(work, session)
        if over:
            return over
        before = (session["discounts"], work.hidden(session)["line_items"])
        try:
            _change(work, session, sent)
        except ApiError as error:
            session["discounts"], lines = before
            work.save(session, line_items=lines)
            reckon(work, session)
            faults = {error.param or "promotion_code": refusal_text(error)}
            return show_form(work, session, Problems(faults), status=422)
        return see(f"/c/pay/{session['id']}")


def _change(work: Work, session: Obj, sent: dict[str, str]) -> None:
    if "remove" in sent:
        replace_discounts(work, session, None)
    elif "promotion_code" in sent:
        _apply_code(work, session, sent["promotion_code"])
    else:
        _set_quantities(work, session, sent)


def _apply_code(work: Work, session: Obj, word: str) -> None:
    if not session["allow_promotion_codes"]:
        raise invalid("This page takes no promotion codes.", param="promotion_code")
    codes = work.all("promotion_code", same_word(word))
    customer = session["customer"]
    mine = [code for code in codes if code["customer"] == customer] if customer else []
    code = next(iter(mine or codes), None)
    if code is None or not word:
        raise invalid("This code is not known here. Check its spelling.", param="promotion_code")
    try:
        replace_discounts(work, session, redemption_of_code(work, code, customer, param="promotion_code"))
    except ApiError as error:
        error.param = "promotion_code"
        raise


def _set_quantities(work: Work, session: Obj, sent: dict[str, str]) -> None:
    lines = work.hidden(session)["line_items"]
    for at, line in enumerate(lines):
        name, bounds = f"quantity-{at}", line["adjustable_quantity"]
        if bounds and name in sent:
            line["quantity"] = _quantity(sent[name], bounds, name)
    work.save(session, line_items=lines)
    reckon(work, session)
    check_order(work, session)


def _quantity(text: str, bounds: Obj, name: str) -> int:
    least, most = bounds["minimum"], bounds["maximum"]
    if not text.isdecimal() or not least <= int(text) <= most:
        raise invalid(f"Enter a number from {least} to {most}.", param=name)
    return int(text)


ROUTES: Sequence[Route] = (Route("/c/pay/{session}/order", change, methods=["POST"]),)
