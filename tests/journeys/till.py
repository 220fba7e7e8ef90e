"""Readers who sign up and pay: what journeys about money do on our pages, on the till's and at Stripe."""

import itertools
import os
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PATIENCE_SECONDS, code_in, wait_for_mail

STRIPE = os.environ.get("STRIPE_URL", "")
STORY = "/articles/tessaly-tunnel-last-four-hundred-metres/"
SECRET = "The first rule is that one of them has to leave."
PAYS, THREE_D_SECURE, DECLINES_LATER = "4242424242424242", "4000002760003184", "4000000000000341"

_numbers = itertools.count(int(time.time() * 1000))


def new_address(name: str) -> str:
    """An address that no other run has used."""
    return f"{name}-{next(_numbers)}@example.com"


def sign_up(page: Page, name: str, *, start: str = "/accounts/signup/") -> str:
    """Make an account with the code from the mailbox, from a page with the form; returns the address."""
    email = new_address(name)
    page.goto(start)
    fill_sign_up(page, email)
    return email


def fill_sign_up(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Create account").click()
    page.locator("input[name=code]").fill(code_in(wait_for_mail(email)))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def go_to_till(page: Page, plan: str, **fields: str) -> None:
    """Choose a plan by its name, with what its form asks for, as far as the payment page."""
    page.goto("/subscribe/")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=plan, exact=True))
    for label, words in fields.items():
        row.get_by_label(label.replace("_", " ")).fill(words)
    row.get_by_role("button", name="Subscribe").click()
    page.wait_for_url(re.compile(r"/c/pay/"))


def pay(page: Page, *, card: str = PAYS, button: str = "Subscribe") -> None:
    """Fill in the payment page with one of the test cards, and send it."""
    fill_card(page, card)
    page.get_by_role("button", name=button, exact=True).click()


def fill_card(page: Page, card: str) -> None:
    page.get_by_label("Card number").fill(card)
    page.get_by_label("Expiry date").fill("12 / 44")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on the card").fill("Sabine Orlund")
    page.get_by_label("Country", exact=True).select_option("US")


def subscribe(page: Page, name: str, *, plan: str = "Digital, monthly") -> str:
    """A new reader who has paid for a plan and stands before its thanks; returns the address."""
    email = sign_up(page, name)
    go_to_till(page, plan)
    pay(page)
    expect_thanks(page)
    return email


def expect_thanks(page: Page) -> None:
    expect(page.get_by_role("heading", name="Thank you. You can read everything now.")).to_be_visible()


@contextmanager
def sparing_the_meter(page: Page) -> Iterator[None]:
    """Load pages as a browser does that looks ahead: none of the free stories opens them."""
    page.set_extra_http_headers({"Purpose": "prefetch"})
    try:
        yield
    finally:
        page.set_extra_http_headers({})


def expect_reading(page: Page) -> None:
    """The story for subscribers is open by right, once what was done has come through."""
    with sparing_the_meter(page):
        page.goto(STORY)
        reload_until(page, page.get_by_text(SECRET))
    expect(page.locator(".wall")).to_have_count(0)


def expect_wall(page: Page) -> None:
    """The story for subscribers ends at the wall, and holds nothing of what is behind it."""
    with sparing_the_meter(page):
        page.goto(STORY)
        reload_until(page, page.locator(".wall"))
        assert SECRET not in page.content()


def reload_until(page: Page, shown: Locator) -> None:
    """Load the page again until it shows this: what Stripe tells arrives beside the browser's request."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not shown.first.is_visible() and time.monotonic() < until:
        page.wait_for_timeout(400)
        page.reload()
    expect(shown.first).to_be_visible()


def link_in(message: dict[str, Any], *, where: str) -> str:
    """The address in a letter whose path begins like this."""
    found = re.search(rf"^\s*(https?://[^\s/]+{re.escape(where)}\S*)", message["text"], re.MULTILINE)
    assert found, message["text"]
    return found[1]


# ------------------------------------------------------------------------------- at Stripe


def at_stripe() -> Any:
    """Stripe's API, as its Dashboard uses it."""
    client = stripe.StripeClient(
        "sk_test_journeys", stripe_version=settings.STRIPE_API_VERSION, base_addresses={"api": STRIPE}
    )
    return client.v1


def customer_named(email: str) -> Any:
    [customer] = at_stripe().customers.list({"email": email}).data
    return customer


def subscription_of(email: str) -> Any:
    """The one subscription of this reader, as Stripe has it."""
    [subscription] = at_stripe().subscriptions.list({"customer": customer_named(email).id}).data
    return subscription


def unheard(deed: Callable[[], object]) -> None:
    """Do something at Stripe of which the site is told nothing."""
    faults = f"{STRIPE}/sandbox/faults"
    urllib.request.urlopen(faults, urllib.parse.urlencode({"drop_all": "true"}).encode()).close()
    try:
        deed()
    finally:
        urllib.request.urlopen(urllib.request.Request(faults, method="DELETE")).close()
