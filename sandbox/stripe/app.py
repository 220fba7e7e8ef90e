"""The web server: the API under /v1, the hosted pages beside it, and the work in the background."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.stripe import api, pages
from sandbox.stripe.billing.test_clocks import delete_expired
from sandbox.stripe.billing.ticker import tick
from sandbox.stripe.errors import ApiError
from sandbox.stripe.faults import Faults, next_api_fault
from sandbox.stripe.limits import Limiter
from sandbox.stripe.pages.render import notice
from sandbox.stripe.store import Store
from sandbox.stripe.webhooks import Postman
from sandbox.stripe.work import Settings

TICK = 2.0
"""Seconds between two looks at the clock."""
METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH"]


def build(store: Store, settings: Settings) -> Starlette:
    """The whole server on one store."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.store, app.state.settings = store, settings
        app.state.limiter = Limiter(settings.rate_limit)
        app.state.postman = postman = Postman(store, settings)
        loops = (postman.step, lambda: _keep_time(store, settings, postman))
        tasks = [asyncio.create_task(_for_ever(step)) for step in loops]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    assets = StaticFiles(directory=Path(__file__).parent / "assets")
    routes = [
        Route("/v1/{rest:path}", _api, methods=METHODS),
        Route("/v2/{rest:path}", _api, methods=METHODS),
        Route("/sandbox/tick", _tick, methods=["POST"]),
        Mount("/assets", assets),
        *pages.ROUTES,
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={ApiError: _refuse})


async def _refuse(request: Request, error: Exception) -> Response:
    """A rule that a page ran into, for instance a subscription that ended in another window."""
    return notice("This could not be done", str(error), status=400)


async def _api(request: Request) -> Response:
    body = await request.body()
    call = api.Call(
        request.method,
        request.url.path,
        request.url.query,
        body.decode(errors="replace"),
        dict(request.headers),
    )
    state = request.app.state
    try:
        state.limiter.take(time.monotonic())
    except ApiError as error:
        reason = {"Stripe-Rate-Limited-Reason": "global-rate"}
        return JSONResponse(error.body(), error.status, reason)
    fault = next_api_fault(state.store)
    if fault and not fault.api_performs:
        return await _fail(fault)
    answer = api.answer(state.store, state.settings, call, now=int(time.time()))
    state.postman.wake()
    if fault:
        return await _fail(fault)
    return Response(answer.body, answer.status, answer.headers, media_type="application/json")


async def _fail(fault: Faults) -> Response:
    """Answer as a fault on purpose says; one that hangs answers when its client has long gone."""
    if fault.api_answer == "hang":
        await asyncio.sleep(fault.api_seconds)
    refusal = fault.refusal()
    return JSONResponse(refusal.body(), refusal.status)


async def _tick(request: Request) -> Response:
    """Do what is due: by the clock, or by the moment `at` (Unix seconds), which may be ahead of it."""
    given = request.query_params.get("at", "")
    now = int(given) if given.isdecimal() else int(time.time())
    steps = tick(request.app.state.store, request.app.state.settings, now)
    request.app.state.postman.wake()
    return Response(f"{steps} steps\n", media_type="text/plain")


async def _for_ever(step: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Repeat; what goes wrong once is reported and must not end the rest."""
    while True:
        try:
            await step()
        except Exception:
            logging.getLogger(__name__).exception("The sandbox stumbled")
            await asyncio.sleep(TICK)


async def _keep_time(store: Store, settings: Settings, postman: Postman) -> None:
    now = int(time.time())
    if delete_expired(store, settings, now) + tick(store, settings, now):
        postman.wake()
    await asyncio.sleep(TICK)
