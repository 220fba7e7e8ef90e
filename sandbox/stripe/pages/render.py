"""What the pages share: templates, forms, and a unit of work per request."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.stripe import clocks
from sandbox.stripe.money import money, price_text
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

COUNTRIES = {
    "AU": "Australia",
    "AT": "Austria",
    "BE": "Belgium",
    "CA": "Canada",
    "CZ": "Czechia",
    "DK": "Denmark",
    "FI": "Finland",
    "FR": "France",
    "DE": "Germany",
    "IE": "Ireland",
    "IT": "Italy",
    "JP": "Japan",
    "NL": "Netherlands",
    "NZ": "New Zealand",
    "NO": "Norway",
    "PL": "Poland",
    "PT": "Portugal",
    "ES": "Spain",
    "SE": "Sweden",
    "CH": "Switzerland",
    "GB": "United Kingdom",
    "US": "United States",
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def day(moment: int) -> str:
    """A Unix second as its day, UTC: July 3, 2026."""
    return datetime.fromtimestamp(moment, UTC).strftime("%B %-d, %Y")


def minute(moment: float) -> str:
    """A Unix second to the second, UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def method_text(method: Obj) -> str:
    """A card or account as its owner knows it: `Visa ending in 4242`."""
    if method["type"] == "card":
        return f"{method['card']['brand'].capitalize()} ending in {method['card']['last4']}"
    return f"Bank account ending in {method['sepa_debit']['last4']}"


TEMPLATES.filters |= {
    "method": method_text,
    "money": money,
    "price": price_text,
    "day": day,
    "minute": minute,
}
TEMPLATES.globals["countries"] = COUNTRIES


@contextmanager
def unit(request: Request) -> Iterator[Work]:
    """One transaction for a page, at the present moment or that of the test clock of what its address names.

    Its events go out afterwards.
    """
    state = request.app.state
    with state.store.transaction():
        work = Work(state.store, state.settings, int(time.time()))
        ids = [*request.path_params.values(), *request.query_params.values()]
        yield work.at(clocks.moment(work, ids))
    state.postman.wake()


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """A page of ours."""
    return HTMLResponse(TEMPLATES.get_template(template).render(context), status, HEADERS)


def notice(title: str, text: str, *, status: int = 200, link: str | None = None, label: str = "") -> Response:
    """A page that only says something, perhaps with one way on."""
    return page("notice.html", status=status, title=title, text=text, link=link, label=label)


def see(address: str) -> Response:
    """Go on there with a GET."""
    return RedirectResponse(address, 303, HEADERS)


def not_found(noun: str) -> Response:
    """Nothing of that name."""
    return notice(f"No such {noun}", "The link is wrong, or what it named is gone.", status=404)


async def form(request: Request) -> dict[str, str]:
    """The fields of a form from one of our own pages. Raises HTTPException 403 for one from elsewhere."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "This form was sent from another site.")
    fields = await request.form()
    return {name: value.strip() for name, value in fields.items() if isinstance(value, str)}


def named(work: Work, price: Obj) -> str:
    """The name of what a price is for."""
    return str((work.store.get(price["product"]) or {}).get("name", price["product"]))
