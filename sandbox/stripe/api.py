"""The door of the v1 API: who asks, what for, whether they asked before, and Stripe's way of answering."""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from sandbox.stripe import clocks
from sandbox.stripe.errors import ApiError, invalid, unrecognized_request
from sandbox.stripe.expand import expand
from sandbox.stripe.forms import decode
from sandbox.stripe.params import filled, list_of, read
from sandbox.stripe.resources import (
    checkout_sessions,
    coupons,
    customer_balances,
    customers,
    discounts,
    disputes,
    events,
    invoices,
    payment_intents,
    payment_methods,
    payments,
    portal_sessions,
    previews,
    prices,
    products,
    promotion_codes,
    refunds,
    subscriptions,
    tax_ids,
    test_clocks,
    webhook_endpoints,
)
from sandbox.stripe.resources.operation import Operation
from sandbox.stripe.shapes import API_VERSION
from sandbox.stripe.store import Obj, Store
from sandbox.stripe.work import Settings, Work, new_id

NOUNS = (
    checkout_sessions,
    coupons,
    customer_balances,
    customers,
    discounts,
    disputes,
    events,
    previews,
    invoices,
    payment_intents,
    payment_methods,
    payments,
    portal_sessions,
    prices,
    products,
    promotion_codes,
    refunds,
    subscriptions,
    tax_ids,
    test_clocks,
    webhook_endpoints,
)
DAY = 86_400
TEST_KEY = re.compile(r"(sk|rk)_test_\w+")
EXPAND = list_of(filled)


@dataclass(frozen=True)
class Call:
    """A request as it came in: `query` and `body` still encoded, header names in lower case."""

    method: str
    path: str
    query: str
    body: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: str
    headers: dict[str, str]


def _compile(operation: Operation) -> tuple[str, re.Pattern[str], Operation]:
    return operation.method, re.compile(re.sub(r"\{\w+\}", "([^/]+)", operation.path)), operation


ROUTES = [_compile(operation) for noun in NOUNS for operation in noun.OPERATIONS]


def answer(store: Store, settings: Settings, call: Call, *, now: int) -> Answer:
    """Answer one request. Everything it changes is kept together, or nothing is."""
    request_id = new_id("req")[:18]
    key = call.headers.get("idempotency-key") if call.method == "POST" else None
    headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION} | (
        {"Idempotency-Key": key} if key else {}
    )
    work = Work(store, settings, now, request_id, key)
    try:
        _check_key(call.headers.get("authorization", ""))
        _check_version(call.headers.get("stripe-version"))
        status, body, more = _once(work, call) if key else (*_perform(work, call), {})
    except ApiError as error:
        status, body, more = error.status, json.dumps(error.body()), {}
    return Answer(status, body, headers | more)


def _check_key(authorization: str) -> None:
    """Bearer, or basic with the key as user name (docs.stripe.com/api/authentication)."""
    scheme, _, value = authorization.partition(" ")
    key = (
        value.strip()
        if scheme.lower() == "bearer"
        else _basic_user(value)
        if scheme.lower() == "basic"
        else ""
    )
    if not key:
        message = "You did not provide an API key. Send it as: Authorization: Bearer YOUR_SECRET_KEY."
        raise ApiError(401, message)
    if "_live_" in key:
        raise ApiError(401, "This is a sandbox: it takes test keys (sk_test_…) only, and this is a live one.")
    if not TEST_KEY.fullmatch(key):
        raise ApiError(401, f"Invalid API Key provided: {key[:8]}{'*' * max(0, len(key) - 8)}")


def _basic_user(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _check_version(version: str | None) -> None:
    if version not in (None, API_VERSION):
        message = f"Invalid Stripe API version: {version}. This server speaks {API_VERSION} only."
        raise invalid(message, code="invalid_api_version")


def _once(work: Work, call: Call) -> tuple[int, str, dict[str, str]]:
    """Answer a request with an idempotency key: the same again gets the first answer for a day."""
    db, key = work.store.db, work.idempotency_key
    asked = hashlib.sha256(f"{call.method} {call.path} {call.query} {call.body}".encode()).hexdigest()
    db.execute("DELETE FROM idempotency WHERE created < ?", (work.now - DAY,))
    known = db.execute("SELECT * FROM idempotency WHERE key = ?", (key,)).fetchone()
    if known and known["request"] != asked:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first used "
            "with. "
            f"Try using a key other than '{key}' if you meant to execute a different request."
        )
        raise ApiError(400, message, "idempotency_error")
    if known:
        replayed = {"Idempotent-Replayed": "true", "Original-Request": known["request_id"]}
        return known["status"], known["body"], replayed
    status, body = _perform(work, call, asked=asked)
    return status, body, {}


def _perform(work: Work, call: Call, *, asked: str | None = None) -> tuple[int, str]:
    """Run the call in one transaction with the memory of its answer; `asked` is the request's fingerprint."""
    operation, ids, params, paths = _understand(call)
    try:
        with work.store.transaction():
            then = work.at(clocks.moment(work, [*ids, *clocks.named(params)]))
            status, body = _run(then, operation, ids, params, paths)
            _remember(work, asked, status, body)
    except ApiError as error:
        status, body = error.status, json.dumps(error.body())
        with work.store.transaction():
            _remember(work, asked, status, body)
    return status, body


def _run(work: Work, operation: Operation, ids: list[str], params: Obj, paths: list[str]) -> tuple[int, str]:
    try:
        result = operation.run(work, params, *ids)
        return 200, json.dumps(expand(work, result, paths), indent=2)
    except ApiError as error:
        if error.keeps_changes:
            return error.status, json.dumps(error.body())
        raise


def _remember(work: Work, asked: str | None, status: int, body: str) -> None:
    if asked:
        row = (work.idempotency_key, asked, status, body, work.request_id, work.now)
        work.store.db.execute("INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?)", row)


def _understand(call: Call) -> tuple[Operation, list[str], dict[str, Any], list[str]]:
    """The operation asked for, its ids and its checked parameters. What fails here is not remembered."""
    for method, pattern, operation in ROUTES:
        match = pattern.fullmatch(call.path)
        if match and method == call.method:
            raw = decode(call.query) | decode(call.body)
            paths = EXPAND(raw.pop("expand", []), "expand")
            return operation, list(match.groups()), read(raw, operation.spec, needs=operation.needs), paths
    raise unrecognized_request(call.method, call.path)
