"""What goes wrong, said as `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from ninja import Field, Schema

PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem; `name` is the last part of its address, where `meaning` can be read."""

    name: str
    status: HTTPStatus
    title: str
    meaning: str

    @property
    def address(self) -> str:
        return f"{settings.SITE_URL}{reverse('api_page')}#{self.name}"


BROKEN_CURSOR = Kind(
    "broken-cursor",
    HTTPStatus.BAD_REQUEST,
    "The cursor cannot be read",
    "Cursors are taken whole from `next`, and hold for the list they came from. Begin again without one.",
)
UNAUTHORIZED = Kind(
    "unauthorized",
    HTTPStatus.UNAUTHORIZED,
    "A key is needed",
    "There was no key, or none of this API's that is still good.",
)
NOT_FOUND = Kind(
    "not-found", HTTPStatus.NOT_FOUND, "There is nothing here", "Nothing stands at this address, or not yet."
)
NOT_ALLOWED = Kind(
    "method-not-allowed",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "This API is read-only",
    "GET, HEAD and OPTIONS are answered, nothing else.",
)
WITHDRAWN = Kind(
    "withdrawn",
    HTTPStatus.GONE,
    "The story was withdrawn",
    "It was public and no longer is. `detail` is the publication's notice; delete what you kept of it.",
)
INVALID = Kind(
    "invalid-parameters",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "A parameter makes no sense",
    "`errors` says which, and why.",
)
TOO_MANY = Kind(
    "too-many-requests",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many requests",
    "Wait for as many seconds as `Retry-After` says.",
)
KINDS = (BROKEN_CURSOR, UNAUTHORIZED, NOT_FOUND, NOT_ALLOWED, WITHDRAWN, INVALID, TOO_MANY)


class Mistake(Schema):
    parameter: str = Field(description="The name of the parameter.", examples=["limit"])
    message: str = Field(description="What is wrong with it.", examples=["Input should be 100 or less"])


class Problem(Schema):
    """Why there is no answer (RFC 9457)."""

    type: str = Field(
        description="The address of the explanation; compare it to tell problems apart.",
        examples=["https://news.example/api/#not-found"],
    )
    title: str = Field(description="The kind of problem, in words.", examples=["There is nothing here"])
    status: int = Field(description="The HTTP status, once more.", examples=[404])
    detail: str = Field(description="What happened this time.", examples=["There is no story “low-tide”."])
    errors: list[Mistake] | None = Field(
        None, description="The parameters that made no sense; only with 422.", examples=[None]
    )


@dataclass
class Refused(Exception):
    """The request has no answer but this problem."""

    kind: Kind
    detail: str
    errors: Sequence[Mistake] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_response(refused: Refused) -> HttpResponse:
    kind = refused.kind
    facts: dict[str, Any] = {
        "type": kind.address,
        "title": kind.title,
        "status": int(kind.status),
        "detail": refused.detail,
    }
    if refused.errors:
        facts["errors"] = [mistake.model_dump() for mistake in refused.errors]
    text = json.dumps(facts, ensure_ascii=False)
    return HttpResponse(text, status=kind.status, content_type=PROBLEM_TYPE, headers={**refused.headers})


def unknown_value(parameter: str, value: str) -> Refused:
    """A filter names something that does not exist: more likely a slip than a wish for an empty list."""
    mistake = Mistake(parameter=parameter, message=f"There is no {parameter} “{value}”.")
    return Refused(INVALID, mistake.message, [mistake])
