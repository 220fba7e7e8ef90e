"""What a test may do that the world does: cards that go bad, people who confirm, a limit that is reached.

No part of Stripe. Every answer is JSON, a refusal in the shape of the API's.
"""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.stripe.billing.authentication import authenticate_intent
from sandbox.stripe.cards import BEHAVIOURS
from sandbox.stripe.errors import ApiError, invalid
from sandbox.stripe.pages.render import form, unit
from sandbox.stripe.params import Spec, integer, one_of, read
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work


def _control(spec: Spec, run: Callable[[Work, Obj, str], Obj]) -> Callable[[Request], object]:
    """An address that answers with `run(work, params, id)`, all or nothing."""

    async def endpoint(request: Request) -> Response:
        sent = await form(request)
        try:
            params = read(sent, spec, needs=list(spec))
            with unit(request) as work:
                return JSONResponse(run(work, params, request.path_params["id"]))
        except ApiError as error:
            return JSONResponse(error.body(), error.status)

    return endpoint


def change_behaviour(work: Work, params: Obj, id: str) -> Obj:
    """Let a card act like another test card from now on: it was lost, its account is empty."""
    return work.save(work.get("payment_method", id), behaviour=params["behaviour"])


def authenticate(work: Work, params: Obj, id: str) -> Obj:
    """Pass or fail the 3D Secure a payment intent or setup intent waits for."""
    intent = work.find("setup_intent", id) or work.get("payment_intent", id)
    if intent["status"] != "requires_action":
        message = f"This intent does not wait for authentication: it is {intent['status']}."
        raise invalid(message, code=f"{intent['object']}_unexpected_state")
    authenticate_intent(work, intent, succeeded=params["result"] == "pass")
    return work.get(intent["object"], id)


async def limit_rate(request: Request) -> Response:
    """Answer so many requests of the API a second and refuse the rest; 0 ends it."""
    try:
        params = read(await form(request), {"per_second": integer}, needs=["per_second"])
    except ApiError as error:
        return JSONResponse(error.body(), error.status)
    limiter = request.app.state.limiter
    limiter.per_second = max(0, params["per_second"]) or None
    return JSONResponse({"per_second": limiter.per_second})


ROUTES: Sequence[Route] = (
    Route(
        "/sandbox/payment_methods/{id}",
        _control({"behaviour": one_of(*BEHAVIOURS)}, change_behaviour),
        methods=["POST"],
    ),
    Route(
        "/sandbox/intents/{id}", _control({"result": one_of("pass", "fail")}, authenticate), methods=["POST"]
    ),
    Route("/sandbox/rate_limit", limit_rate, methods=["POST"]),
)
