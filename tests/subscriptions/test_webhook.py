"""The endpoint Stripe calls: rules S1, S2, S3, S4, S6 and S9."""

import json
import threading
import time
from typing import Any

import pytest
import stripe
from django.db import InterfaceError, connection
from django.db import OperationalError as DatabaseAway
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from subscriptions.models import NotHeeded, StripeEvent
from subscriptions.tasks import sweep_events

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/stripe/webhook/"
SECRET = "whsec_the_first_of_two"
NEXT_SECRET = "whsec_the_second_of_two"
State = StripeEvent.State


@pytest.fixture(autouse=True)
def two_secrets(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET, NEXT_SECRET]


def never(*args: object, **options: object) -> None:
    raise AssertionError("No worker is to be woken.")


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stored stays as it was stored."""
    monkeypatch.setattr(sweep_events, "delay", lambda: None)


def about(thing: str) -> dict[str, Any]:
    return {"object": {"id": thing, "object": "customer"}}


def body_of(event_id: str = "evt_1", kind: str = "plan.created", **more: Any) -> str:
    event = {
        "id": event_id,
        "object": "event",
        "type": kind,
        "livemode": False,
        "data": {"object": {"id": "x"}},
    }
    return json.dumps({**event, **more})


def post(body: str, *, secret: str = SECRET, stamp: int | None = None, header: str | None = None) -> Any:
    signed = stripe.WebhookSignature.generate_signature_header(body, secret, stamp)
    headers = {"Stripe-Signature": signed if header is None else header}
    return Client().post(URL, body, content_type="application/json", headers=headers)


def test_s1_a_signed_event_is_stored_and_answered() -> None:
    assert post(body_of()).status_code == 200
    assert StripeEvent.objects.get().stripe_id == "evt_1"


@pytest.mark.parametrize(
    "header",
    ["", "nonsense", "t=12,v1=", "t=abc,v1=00", "v1=00", "t=12,v1=é", f"t={int(time.time())},v1={'0' * 64}"],
    ids=["empty", "nonsense", "short", "no number", "no time", "not ASCII", "forged"],
)
def test_s1_bad_signatures_are_refused_without_effect(header: str) -> None:
    assert post(body_of(), header=header).status_code == 400
    assert StripeEvent.objects.count() == 0


def test_s1_a_changed_body_is_refused() -> None:
    signed = stripe.WebhookSignature.generate_signature_header(body_of("evt_1"), SECRET)
    assert post(body_of("evt_2"), header=signed).status_code == 400
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize("seconds", [-301, 400])
def test_s1_stale_and_future_stamps_are_refused(seconds: int) -> None:
    assert post(body_of(), stamp=int(time.time()) + seconds).status_code == 400
    assert StripeEvent.objects.count() == 0


def test_s1_a_stamp_within_five_minutes_is_taken() -> None:
    assert post(body_of(), stamp=int(time.time()) - 280).status_code == 200


def test_s1_any_matching_signature_of_several_will_do() -> None:
    stamp = int(time.time())
    good = stripe.WebhookSignature.generate_signature_header(body_of(), SECRET, stamp).split("v1=")[1]
    assert post(body_of(), header=f"t={stamp},v1={'0' * 64},v1={good}").status_code == 200


def test_s2_both_secrets_are_taken_and_a_third_is_not() -> None:
    answers = [
        post(body_of(f"evt_{secret}"), secret=secret).status_code
        for secret in (SECRET, NEXT_SECRET, "whsec_x")
    ]
    assert answers == [200, 200, 400]


def test_s2_only_post_and_no_redirect() -> None:
    assert Client().get(URL).status_code == 405
    assert (
        Client(enforce_csrf_checks=True).post(URL, "{}", content_type="application/json").status_code == 400
    )


@pytest.mark.parametrize("address", ["/stripe/webhook/", "/stripe/webhook"])
def test_s2_the_literal_address_answers_without_a_redirect(address: str) -> None:
    signed = stripe.WebhookSignature.generate_signature_header(body_of(), SECRET)
    headers = {"Stripe-Signature": signed}
    answer = Client().post(address, body_of(), content_type="application/json", headers=headers)
    assert answer.status_code == 200
    assert StripeEvent.objects.count() == 1


def test_s2_a_body_past_the_limit_is_refused() -> None:
    assert post(body_of(padding="x" * 1_000_001)).status_code == 413
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "related", "subject", "state"),
    [
        ("v1.customer.subscription.updated", "sub_1", "sub_1", State.WAITING),
        ("v1.invoice.paid", "in_1", "in_1", State.WAITING),
        ("v1.charge.refunded", "ch_1", "ch_1", State.WAITING),
        ("v1.customer.updated", "cus_1", "cus_1", State.WAITING),
        ("v1.checkout.session.completed", "cs_test_1", "cs_test_1", State.WAITING),
        ("v1.product.created", "prod_1", "", State.IGNORED),
        ("v2.core.account.updated", "acct_1", "", State.IGNORED),
        ("v1.customer.tax_id.created", "txi_1", "", State.IGNORED),
        ("v1.invoice.paid", None, "", State.FAILED),
    ],
)
def test_s3_a_thin_event_is_routed_by_the_object_it_is_related_to(
    no_worker: None, kind: str, related: str | None, subject: str, state: str
) -> None:
    about = related and {"id": related, "type": "thing", "url": f"/v1/things/{related}"}
    thin = {"id": "evt_1", "object": "v2.core.event", "type": kind, "livemode": False}
    assert (
        post(json.dumps({**thin, "created": "2026-11-23T12:00:00Z", "related_object": about})).status_code
        == 200
    )
    event = StripeEvent.objects.get()
    assert (event.subject, event.state) == (subject, state)


@pytest.mark.parametrize("body", ["[]", "{}", "no json", '{"id": "evt_1"}'])
def test_a_signed_body_that_is_no_event_is_refused(body: str) -> None:
    assert post(body).status_code == 400


@pytest.mark.parametrize("name", [None, 7, ["evt_1"], "", "evt\x00", "e" * 81])
def test_a_signed_body_without_proper_names_is_refused(name: object) -> None:
    assert post(body_of(id=name)).status_code == 400
    assert post(body_of(type=name)).status_code == 400
    assert StripeEvent.objects.count() == 0


def test_a_signed_body_nested_past_reading_is_refused() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert post(body_of()[:-1] + f', "deep": {deep}}}').status_code == 400


def test_s4_the_same_event_twice_is_stored_once() -> None:
    assert [post(body_of()).status_code for _ in range(3)] == [200, 200, 200]
    assert StripeEvent.objects.count() == 1


def test_s6_an_unknown_type_is_answered_and_ignored_without_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_events, "delay", never)
    assert post(body_of(kind="issuing_card.created")).status_code == 200
    event = StripeEvent.objects.get()
    assert (event.state, event.note, event.attempts) == (State.IGNORED, NotHeeded.NO_CONCERN, 0)
    assert event.settled_at == event.received_at


def test_s6_storing_an_event_is_one_statement(
    no_worker: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert post(body_of(kind="customer.updated", data=about("cus_1"))).status_code == 200


def test_s6_a_broker_that_is_away_costs_a_delay_and_not_the_event(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The worker is woken by a thread: Stripe is answered before the broker has said anything."""
    tried, refused = threading.Event(), threading.Event()

    def refuse(**options: object) -> None:
        tried.set()
        refused.wait(10)
        raise OperationalError("no broker")

    monkeypatch.setitem(sweep_events.app.conf, "task_always_eager", False)
    monkeypatch.setattr(sweep_events, "apply_async", refuse)
    assert post(body_of(kind="customer.updated", data=about("cus_1"))).status_code == 200
    assert tried.wait(10)
    refused.set()
    event = StripeEvent.objects.get()
    assert (event.state, event.attempts) == (State.WAITING, 0)

    sweep_events()
    event.refresh_from_db()
    assert (event.state, event.note) == (State.IGNORED, NotHeeded.STRANGER)


@pytest.mark.parametrize("error", [DatabaseAway, InterfaceError])
def test_s6_a_database_that_is_away_has_stripe_send_it_again(
    error: type[Exception],
) -> None:
    def refuse(*statement: object) -> None:
        raise error("connection refused")

    with connection.execute_wrapper(refuse):
        assert post(body_of()).status_code == 503
    assert post(body_of()).status_code == 200
    assert StripeEvent.objects.count() == 1


def test_s9_an_event_of_the_other_mode_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    assert post(body_of(livemode=True, kind="customer.subscription.updated")).status_code == 200
    event = StripeEvent.objects.get()
    assert (event.state, event.note, event.attempts) == (State.IGNORED, NotHeeded.OTHER_MODE, 0)
    assert [record.levelname for record in caplog.records if "other mode" in record.message] == ["ERROR"]
