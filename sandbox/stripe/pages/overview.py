"""What this server holds: recent objects, events and their deliveries, test cards."""

import json
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.stripe import deliveries
from sandbox.stripe.cards import BEHAVIOURS, TEST_CARDS
from sandbox.stripe.debits import TEST_ACCOUNTS
from sandbox.stripe.faults import faults
from sandbox.stripe.pages.render import form, not_found, page, see, unit

SHOWN = (
    "customer",
    "subscription",
    "invoice",
    "checkout.session",
    "payment_intent",
    "product",
    "price",
    "test_helpers.test_clock",
    "webhook_endpoint",
)


async def index(request: Request) -> Response:
    """The front page."""
    with unit(request) as work:
        events = work.store.recent(["event"], 40)
        return page(
            "index.html",
            objects=work.store.recent(SHOWN, 25),
            events=[(event, deliveries.history(work.store, event["id"])) for event in events],
            endpoints=work.all("webhook_endpoint"),
            forward_to=work.settings.forward_to,
            faults=faults(work.store),
            deliveries=deliveries.counts(work.store),
            accounts=[(iban, BEHAVIOURS[name].label) for iban, name in TEST_ACCOUNTS.items()],
            cards=[(card, BEHAVIOURS[card.behaviour]) for card in TEST_CARDS],
        )


async def one(request: Request) -> Response:
    """One object or event as JSON, an event with the attempts to deliver it."""
    with unit(request) as work:
        obj = work.store.get(request.path_params["id"])
        if obj is None:
            return not_found("object")
        history = deliveries.history(work.store, obj["id"])
        return page(
            "object.html", obj=obj, text=json.dumps(obj, indent=2, ensure_ascii=False), history=history
        )


async def send_again(request: Request) -> Response:
    """Deliver an event once more."""
    await form(request)
    with unit(request) as work:
        event = work.find("event", request.path_params["id"])
        if event is None:
            return not_found("event")
        deliveries.send_again(work.store, event["id"])
        return see(f"/objects/{event['id']}")


ROUTES: Sequence[Route] = (
    Route("/", index, methods=["GET"]),
    Route("/objects/{id}", one, methods=["GET"]),
    Route("/objects/{id}/send", send_again, methods=["POST"]),
)
