"""Stripe away in every way it can be: readers read, nothing is lost, and all is settled afterwards.

The network is shut but for this machine in all tests (`tests/conftest.py`); here Stripe goes as well.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from sandbox.running import Sandbox, running_sandbox
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer, start_checkout
from subscriptions.actions.settling import settle_due_events
from subscriptions.gateways import StripeBusy, fetch_customer
from subscriptions.gateways.connection import LINES
from subscriptions.gateways.pacing import PacedClient
from subscriptions.models import Checkout, Customer, Plan, Status, StripeEvent, Subscription
from subscriptions.orders import Order
from subscriptions.queries import grants_of
from subscriptions.views.checkout import AWAY
from tests.factories.articles import PAID_TEXT, ArticleFactory
from tests.sandbox.driving import visit
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db(transaction=True)

State = StripeEvent.State
SECRET = "whsec_of_the_outages"
KINDS = ("hangs", "answers 500", "answers 429", "refuses connections", "is not to be found")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of our own: faults would hit the other tests."""
    with running_sandbox(state=tmp_path_factory.mktemp("outages") / "state.sqlite3") as running:
        yield running


@dataclass
class Outage:
    """Stripe as the tests take it away and give it back."""

    begin: Callable[[], None]
    end: Callable[[], None]


@pytest.fixture(params=KINDS)
def outage(
    request: pytest.FixtureRequest, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outage]:
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *args, **more: 0)

    def fail(**faults: str) -> Callable[[], None]:
        return lambda: set_faults(sandbox, api_count="100000", **faults)

    def shorten() -> None:
        settings.STRIPE_TIMEOUT_SECONDS = 1
        set_faults(sandbox, api_count="100000", api_answer="hang", api_seconds="3")

    def lead_to(base: str) -> Callable[[], None]:
        return lambda: setattr(settings, "STRIPE_API_BASE", base)

    begin = dict(
        zip(
            KINDS,
            (
                shorten,
                fail(api_answer="500"),
                fail(api_answer="429"),
                lead_to("http://127.0.0.1:9"),
                lead_to("https://api.stripe.com"),
            ),
            strict=True,
        )
    )[request.param]
    monkeypatch.setattr(socket, "getaddrinfo", nobody_knows(socket.getaddrinfo))

    def end() -> None:
        settings.STRIPE_API_BASE = sandbox.stripe_url
        set_faults(sandbox, api_count="0")

    yield Outage(begin, end)
    end()


def set_faults(sandbox: Sandbox, **faults: str) -> None:
    assert visit(f"{sandbox.stripe_url}/sandbox/faults", faults).status == 200


def nobody_knows(look_up: Callable[..., Any]) -> Callable[..., Any]:
    """Names are looked up as by a machine without a network."""

    def without_network(host: Any, *args: Any, **more: Any) -> Any:
        if host == "api.stripe.com":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return look_up(host, *args, **more)

    return without_network


@pytest.fixture
def subscriber(till: Till, reader: User, plan: Plan) -> User:
    till.subscribe(reader, plan)
    sync_customer(customer=ensure_customer(user=reader), at=timezone.now())
    return reader


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def post(body: str) -> int:
    signed = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    headers = {"Stripe-Signature": signed}
    return Client().post("/stripe/webhook/", body, "application/json", headers=headers).status_code


def test_readers_keep_reading_and_nobody_asks_stripe(
    outage: Outage, subscriber: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ArticleFactory.create()
    outage.begin()
    asked: list[str] = []

    def note(self: PacedClient, method: str, url: str, *args: Any, **more: Any) -> None:
        asked.append(url)
        raise AssertionError(url)

    monkeypatch.setattr(PacedClient, "request", note)
    browser, visitor = browser_of(subscriber), Client()
    address = story.get_absolute_url()
    assert browser.get(address).text.count(PAID_TEXT) == 1
    assert visitor.get(address).text.count(PAID_TEXT) == 0
    pages = ("/", "/subscribe/", "/account/", address)
    assert [browser.get(page, follow=True).status_code for page in pages] == [200] * len(pages)
    assert [visitor.get(page).status_code for page in ("/", "/subscribe/", "/accounts/login/")] == [200] * 3
    assert asked == []


def test_what_happens_meanwhile_is_stored_and_settled_afterwards(
    till: Till, outage: Outage, subscriber: User
) -> None:
    """Everyone's news arrive while Stripe's API is away: two readers leave, one comes."""
    newcomer = User.objects.create_user("newcomer@example.com")
    leaver = Subscription.objects.get()
    till.v1.subscriptions.update(leaver.stripe_id, {"cancel_at_period_end": True})
    till.subscribe(newcomer, Plan.objects.get())
    told = [json.dumps(event.to_dict(), default=str) for event in till.v1.events.list({"limit": 100}).data]
    mine = [
        body
        for body in told
        if any(row.stripe_id in body for row in Customer.objects.all()) and '"type": "customer.sub' in body
    ]
    outage.begin()
    assert {post(body) for body in mine} == {200}
    assert {post(body) for body in mine} == {200}  # Stripe sends twice what it is not sure about
    assert StripeEvent.objects.count() == len(mine) >= 3
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {State.WAITING}
    assert grants_of(newcomer, at=timezone.now()) == ()
    assert len(grants_of(subscriber, at=timezone.now())) == 1

    outage.end()
    later = timezone.now() + timedelta(hours=1)
    settle_due_events(clock=lambda: later, until=later + timedelta(seconds=1))
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {State.DONE}
    leaver.refresh_from_db()
    assert leaver.cancels_at == leaver.period_end_at
    assert len(grants_of(newcomer, at=timezone.now())) == 1


def test_buying_says_try_again_and_works_afterwards(
    till: Till, outage: Outage, reader: User, plan: Plan
) -> None:
    browser = browser_of(reader)
    listing = browser.get("/subscribe/").context["window"].readers[0]
    form = {"plan": plan.key, "currency": listing.price.currency, "terms": listing.terms_mark}
    outage.begin()
    answer = browser.post("/subscribe/checkout/", form, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [AWAY]
    assert (answer.status_code, Checkout.objects.count()) == (200, 0)

    outage.end()
    answer = browser.post("/subscribe/checkout/", form)
    assert answer["Location"] == Checkout.objects.get().url


def test_paid_during_the_outage_is_read_after_it(
    till: Till, outage: Outage, reader: User, plan: Plan
) -> None:
    """The payment goes through at Stripe, whose answer the success page then waits for in vain."""
    checkout = start_checkout(user=reader, order=Order(plan), at=timezone.now())
    till.pay(checkout.url)
    told = till.v1.events.list({"type": "checkout.session.completed", "limit": 1}).data[0]
    browser, success = browser_of(reader), f"/subscribe/success/?session_id={checkout.stripe_id}"
    outage.begin()
    page = browser.get(success)
    assert (page.status_code, page.templates[0].name) == (503, "subscriptions/checkout_waiting.html")
    assert post(json.dumps(told.to_dict(), default=str)) == 200

    outage.end()
    later = timezone.now() + timedelta(hours=1)
    settle_due_events(clock=lambda: later, until=later + timedelta(seconds=1))
    assert Subscription.objects.get().status == Status.ACTIVE
    assert browser.get(success).templates[0].name == "subscriptions/checkout_done.html"


def test_a_lost_answer_opens_no_second_session(
    till: Till, sandbox: Sandbox, reader: User, plan: Plan
) -> None:
    """Stripe did what it was asked and its answer was lost: it is asked again with the same key (S11)."""
    ensure_customer(user=reader)
    set_faults(sandbox, api_count="1", api_answer="500", api_performs="true")
    checkout = start_checkout(user=reader, order=Order(plan), at=timezone.now())
    sessions = till.v1.checkout.sessions.list({"customer": Customer.objects.get().stripe_id}).data
    assert [session.id for session in sessions] == [checkout.stripe_id]


def test_a_rate_limit_slows_settling_and_loses_nothing(till: Till, sandbox: Sandbox, plan: Plan) -> None:
    for number in range(6):
        user = User.objects.create_user(f"many-{timezone.now().timestamp()}-{number}@example.com")
        till.subscribe(user, plan)
    for customer in Customer.objects.all():
        StripeEvent.objects.create(
            stripe_id=f"evt_{customer.pk}",
            type="customer.subscription.created",
            subject=customer.stripe_id,
            livemode=False,
            body='{"data": {"object": {"id": "sub_1"}}}',
            received_at=timezone.now(),
        )
    visit(f"{sandbox.stripe_url}/sandbox/rate_limit", {"per_second": "6"})
    rounds = 0
    while StripeEvent.objects.all().unsettled().exists() and rounds < 30:
        now, rounds = timezone.now() + timedelta(hours=rounds), rounds + 1
        settle_due_events(clock=lambda now=now: now, until=now + timedelta(seconds=1))  # type: ignore[misc]
        time.sleep(1)  # the next second has requests of its own
    visit(f"{sandbox.stripe_url}/sandbox/rate_limit", {"per_second": "0"})
    assert rounds > 1
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {State.DONE}
    assert Subscription.objects.filter(status=Status.ACTIVE).count() == 6


def test_while_stripe_hangs_most_threads_are_left_for_readers(
    till: Till, sandbox: Sandbox, settings: Settings, reader: User
) -> None:
    """Of twelve who want something of Stripe at once, all but a few are told within moments."""
    customer = ensure_customer(user=reader).stripe_id
    settings.STRIPE_TIMEOUT_SECONDS = 30
    set_faults(sandbox, api_count=str(LINES), api_answer="hang", api_seconds="4")
    answers: list[tuple[str, float]] = []

    def ask() -> None:
        began = time.monotonic()
        try:
            fetch_customer(customer)
            answers.append(("answered", time.monotonic() - began))
        except StripeBusy:
            answers.append(("busy", time.monotonic() - began))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer for answer, _ in answers) == ["answered"] * LINES + ["busy"] * (12 - LINES)
    assert max(seconds for answer, seconds in answers if answer == "busy") < 4
    assert fetch_customer(customer).id == customer
