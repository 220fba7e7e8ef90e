"""The Customer Portal: one's subscriptions, card and invoices."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.stripe.billing.changes import ItemChange, change_items
from sandbox.stripe.billing.lifecycle import ENDED, default_method, open_invoices, stop_at_period_end
from sandbox.stripe.billing.refunds import refunded_on
from sandbox.stripe.billing.wallet import make_default, set_up
from sandbox.stripe.deadlines import period_end
from sandbox.stripe.errors import ApiError
from sandbox.stripe.pages.card_form import Problems, card_of, problems
from sandbox.stripe.pages.checkout import FAILED
from sandbox.stripe.pages.render import form, named, not_found, notice, page, see, unit
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work

VISIT = 3600
"""Seconds a visit lasts."""
DONE = {
    "cancel": "Your subscription will end with the period you have paid for.",
    "resume": "Your subscription goes on.",
    "plan": "Your plan was changed.",
    "card": "Your card was saved.",
}
Page = Callable[[Work, Obj, dict[str, str]], Response]


def _visit(show: Page) -> Callable[[Request], object]:
    """A page of the portal: `show(work, visit, fields)`, with the fields of the form or of the address."""

    async def endpoint(request: Request) -> Response:
        fields = await form(request) if request.method == "POST" else dict(request.query_params)
        with unit(request) as work:
            visit = work.find("billing_portal.session", request.path_params["visit"])
            if visit is None or not work.find("customer", visit["customer"]):
                return not_found("portal page")
            if visit["created"] + VISIT <= work.now:
                text = "For safety this page closes after an hour. Open it again from the site you came from."
                link = visit["return_url"]
                return notice("This page has closed", text, status=410, link=link, label="Back to the site")
            return show(work, visit, fields)

    return endpoint


def overview(work: Work, visit: Obj, fields: dict[str, str]) -> Response:
    """Everything at a glance."""
    customer = work.get("customer", visit["customer"])
    mine = equals("customer", customer["id"])
    subscriptions = work.all("subscription", mine)
    running = [each for each in subscriptions if each["status"] not in ENDED]
    return page(
        "portal.html",
        visit=visit,
        customer=customer,
        subscriptions=[_summary(work, each) for each in running or subscriptions[:1]],
        card=_card(work, customer, running),
        invoices=[(invoice, refunded_on(work, invoice)) for invoice in work.all("invoice", mine)],
        done=DONE.get(fields.get("done", "")),
    )


def _summary(work: Work, subscription: Obj) -> Obj:
    items = subscription["items"]["data"]
    owed = open_invoices(work, subscription)
    return {
        "subscription": subscription,
        "name": ", ".join(named(work, item["price"]) for item in items),
        "price": items[0]["price"],
        "amount": sum(item["price"]["unit_amount"] * item["quantity"] for item in items),
        "until": period_end(subscription),
        "is_running": subscription["status"] not in (*ENDED, "incomplete"),
        "pay_url": owed[0]["hosted_invoice_url"] if owed else None,
    }


def _card(work: Work, customer: Obj, running: list[Obj]) -> Obj | None:
    default = customer["invoice_settings"]["default_payment_method"]
    own = default_method(work, running[0]) if running else None
    return own or (work.find("payment_method", default) if default else None)


def _subscription(work: Work, visit: Obj, fields: dict[str, str]) -> Obj | None:
    """The running subscription a page is about: the one named, if it is theirs, else their newest."""
    mine = work.all("subscription", equals("customer", visit["customer"]))
    running = [each for each in mine if each["status"] not in (*ENDED, "incomplete")]
    wanted = fields.get("subscription")
    return next((each for each in running if wanted in (None, each["id"])), None)


def leave(visit: Obj, done: str) -> Response:
    """Where the portal leads once a task is done: home, or wherever its visit was to end."""
    after: Obj = visit["flow"]["after_completion"] if visit["flow"] else {"type": "portal_homepage"}
    if after["type"] == "redirect":
        return see(after["redirect"]["return_url"])
    return see(f"/p/session/{visit['id']}?done={done}")


def ask_cancel(work: Work, visit: Obj, fields: dict[str, str]) -> Response:
    """Say what cancelling means before it is done."""
    subscription = _subscription(work, visit, fields)
    if subscription is None:
        return not_found("subscription")
    return page("portal_cancel.html", visit=visit, about=_summary(work, subscription))


def cancel(work: Work, visit: Obj, fields: dict[str, str]) -> Response:
    """Cancel at the end of the period."""
    return _set_stop(work, visit, fields, stop=True)


def resume(work: Work, visit: Obj, fields: dict[str, str]) -> Response:
    """Take a cancellation back."""
    return _set_stop(work, visit, fields, stop=False)


def _set_stop(work: Work, visit: Obj, fields: dict[str, str], *, stop: bool) -> Response:
    subscription = _subscription(work, visit, fields)
    if subscription is None:
        return not_found("subscription")
    if subscription["cancel_at_period_end"] != stop:
        stop_at_period_end(work, subscription, stop=stop)
        work.save(subscription, event="customer.subscription.updated")
    return leave(visit, "cancel" if stop else "resume")


def choose_plan(work: Work, visit: Obj, fields: dict[str, str]) -> Response:
    """The plans there are."""
    subscription = _subscription(work, visit, fields)
    if subscription is None:
        return not_found("subscription")
    about = _summary(work, subscription)
    offers = [(price, named(work, price)) for price in _offers(work, subscription)]
    return page("portal_plan.html", visit=visit, about=about, offers=offers)


def _offers(work: Work, subscription: Obj) -> list[Obj]:
    """Every active recurring price in the same currency, of a product that is sold, cheapest first."""
    of_currency = (
        equals("active", True),
        equals("type", "recurring"),
        equals("currency", subscription["currency"]),
    )
    prices = work.all("price", *of_currency)
    sold = [price for price in prices if (work.find("product", price["product"]) or {}).get("active")]
    return sorted(sold, key=lambda price: price["unit_amount"])


def change_plan(work: Work, visit: Obj, fields: dict[str, str]) -> Response:
    """Change the plan now; the difference is settled by proration."""
    subscription = _subscription(work, visit, fields)
    if subscription is None:
        return not_found("subscription")
    price = next((each for each in _offers(work, subscription) if each["id"] == fields.get("price")), None)
    item = subscription["items"]["data"][0]
    if price is None:
        return choose_plan(work, visit, fields)
    if price["id"] != item["price"]["id"]:
        change_items(work, subscription, [ItemChange(item["id"], price)])
    return leave(visit, "plan")


def ask_card(work: Work, visit: Obj, fields: dict[str, str]) -> Response:
    """The form for another card."""
    return _card_form(visit, Problems({"number": FAILED} if "failed" in fields else {}))


def _card_form(visit: Obj, faults: Problems, *, status: int = 200) -> Response:
    values = {"name": "", "country": "", **faults.values}
    return page("portal_card.html", status=status, visit=visit, values=values, faults=faults.fields)


def change_card(work: Work, visit: Obj, fields: dict[str, str]) -> Response:
    """Put another card on file, for everything from now on."""
    try:
        method = card_of(work, fields)
        intent = set_up(work, method, work.get("customer", visit["customer"]))
    except ApiError as error:
        return _card_form(visit, problems(error, fields), status=402)
    if intent["status"] == "requires_action":
        return see(f"/authenticate/{intent['id']}?session={visit['id']}")
    make_default(work, work.get("payment_method", method["id"]))
    return leave(visit, "card")


HOME = "/p/session/{visit}"
ROUTES: Sequence[Route] = (
    Route(HOME, _visit(overview), methods=["GET"]),
    Route(f"{HOME}/cancel", _visit(ask_cancel), methods=["GET"]),
    Route(f"{HOME}/cancel", _visit(cancel), methods=["POST"]),
    Route(f"{HOME}/resume", _visit(resume), methods=["POST"]),
    Route(f"{HOME}/plan", _visit(choose_plan), methods=["GET"]),
    Route(f"{HOME}/plan", _visit(change_plan), methods=["POST"]),
    Route(f"{HOME}/card", _visit(ask_card), methods=["GET"]),
    Route(f"{HOME}/card", _visit(change_card), methods=["POST"]),
)
