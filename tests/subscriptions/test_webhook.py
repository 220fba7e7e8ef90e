"""The endpoint Stripe calls: rules S1, S2, S3, S4, S6 and S9."""

import json
import time
from typing import Any

import pytest
import stripe
from django.test import Client
from pytest_django.fixtures import Settings

from subscriptions.models import StripeEvent

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/stripe/webhook/"
SECRET = "whsec_the_first_of_two"
NEXT_SECRET = "whsec_the_second_of_two"


@pytest.fixture(autouse=True)
def two_secrets(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET, NEXT_SECRET]


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


def test_s2_a_body_past_the_limit_is_refused() -> None:
    assert post(body_of(padding="x" * 1_000_001)).status_code == 413
    assert StripeEvent.objects.count() == 0


def test_s3_a_thin_event_is_kept_and_ignored() -> None:
    assert post(body_of(object="v2.core.event")).status_code == 200
    assert StripeEvent.objects.get().state == StripeEvent.State.IGNORED


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
    assert StripeEvent.objects.get().attempts == 1


def test_s6_an_unknown_type_is_answered_and_ignored() -> None:
    assert post(body_of(kind="issuing_card.created")).status_code == 200
    assert StripeEvent.objects.get().state == StripeEvent.State.IGNORED


def test_s9_an_event_of_the_other_mode_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    assert post(body_of(livemode=True, kind="customer.subscription.updated")).status_code == 200
    event = StripeEvent.objects.get()
    assert (event.state, event.attempts) == (StripeEvent.State.IGNORED, 0)
    assert "other mode" in caplog.text
