"""What a bank decides, by hand: buttons on the page of a charge and of a dispute."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.stripe.billing.disputes import close_dispute, open_dispute
from sandbox.stripe.pages.render import form, not_found, see, unit


async def dispute(request: Request) -> Response:
    """The card's owner wants the money of a charge back."""
    await form(request)
    with unit(request) as work:
        charge = work.find("charge", request.path_params["charge"])
        if charge is None:
            return not_found("charge")
        return see(f"/objects/{open_dispute(work, charge)['id']}")


async def decide(request: Request) -> Response:
    """A dispute is won or lost."""
    sent = await form(request)
    with unit(request) as work:
        dispute = work.find("dispute", request.path_params["dispute"])
        if dispute is None:
            return not_found("dispute")
        close_dispute(work, dispute, outcome="won" if sent.get("outcome") == "won" else "lost")
        return see(f"/objects/{dispute['id']}")


ROUTES: Sequence[Route] = (
    Route("/bank/charges/{charge}/dispute", dispute, methods=["POST"]),
    Route("/bank/disputes/{dispute}/decide", decide, methods=["POST"]),
)
