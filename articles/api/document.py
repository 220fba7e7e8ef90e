"""The API told in OpenAPI 3.1: made from the code that answers, so that it cannot tell of another."""

from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from articles.api.application import api
from articles.api.problems import (
    BROKEN_CURSOR,
    INVALID,
    KINDS,
    NOT_ALLOWED,
    NOT_FOUND,
    PROBLEM_TYPE,
    TOO_MANY,
    UNAUTHORIZED,
    WITHDRAWN,
    Kind,
    Problem,
)

Facts = dict[str, Any]

ABOUT = """\
Stories, and what they are filed under, for apps and partners. Everything is read-only and made for \
the key that asks: a key reads what its account may read, and no free stories of the month are counted.

Times are in ISO 8601 with an offset from UTC. Lists are given in pages: follow `next` until it is null; \
stories that are published in the meantime neither repeat others nor hide them. Scripts of any origin may ask.
"""
HEADERS: dict[str, Facts] = {
    "Link": {
        "description": "The next page (RFC 8288).",
        "schema": {"type": "string"},
        "example": '<https://news.example/api/v1/stories?cursor=WzFd>; rel="next"',
    },
    "RateLimit": {
        "description": "How often the key may still ask (`r`), and for how many seconds that holds (`t`).",
        "schema": {"type": "string"},
        "example": '"key";r=117;t=42',
    },
    "RateLimit-Policy": {
        "description": "How often a key may ask (`q`) in how many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"key";q=120;w=60',
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}, "example": 42},
    "WWW-Authenticate": {
        "description": "By RFC 6750.",
        "schema": {"type": "string"},
        "example": 'Bearer error="invalid_token"',
    },
}
HEADERS_OF = {UNAUTHORIZED.name: ("WWW-Authenticate",), TOO_MANY.name: ("Retry-After",)}
TAGS = {
    "Stories": "What is written.",
    "Filed under": "Sections, topics, authors, and corrections.",
    "Account": "What your key may read.",
}


def openapi_document() -> Facts:
    """The whole document; its addresses are those of this site."""
    return _document(settings.SITE_URL)


@require_safe
@conditional_page
@cache_control(public=True, max_age=3600)
def openapi_json(request: HttpRequest) -> HttpResponse:
    """The document, for everyone: it tells nothing of any story."""
    response = JsonResponse(openapi_document(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Access-Control-Allow-Origin"] = "*"
    return response


@cache
def _document(site: str) -> Facts:
    facts: Facts = dict(api.get_openapi_schema(path_prefix=reverse("api_nowhere", args=("x",))[:-1]))
    facts["info"] = _info(site)
    facts["servers"] = [{"url": site}]
    facts["tags"] = [{"name": name, "description": about} for name, about in TAGS.items()]
    facts["externalDocs"] = {"description": "The same, to read", "url": f"{site}{reverse('api_page')}"}
    components = facts["components"]
    components["schemas"] = _schemas(components["schemas"])
    components["headers"] = HEADERS
    components["responses"] = {_id_of(kind): _response(kind) for kind in KINDS if kind is not NOT_ALLOWED}
    for path, methods in facts["paths"].items():
        for operation in methods.values():
            operation["parameters"] = [_parameter(parameter) for parameter in operation["parameters"]]
            _tell_outcomes(path, operation)
    return facts


def _schemas(found: Facts) -> Facts:
    """The kinds of objects in answers: those of parameters are told where the parameters are."""
    problem: Facts = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    mistakes: Facts = problem.pop("$defs")
    return _without(found, "Wanted", "Paging", "OneStory") | mistakes | {"Problem": problem}


def _parameter(facts: Facts) -> Facts:
    """A parameter by the rules of OpenAPI: its example stands in its schema, and no address says null."""
    schema = facts["schema"]
    choices = [choice for choice in schema.pop("anyOf", [{}]) if choice != {"type": "null"}]
    return _without(facts, "examples") | {"schema": _without(schema | choices[0], "title", "description")}


def _without(facts: Facts, *names: str) -> Facts:
    return {name: value for name, value in facts.items() if name not in names}


def _info(site: str) -> Facts:
    name = settings.PUBLICATION["name"]
    return {
        "title": f"{name} API",
        "version": api.version,
        "summary": f"The stories of {name}, for apps and partners.",
        "description": ABOUT,
        "contact": {"name": name, "url": f"{site}/", "email": settings.PUBLICATION["help_address"]},
    }


def _tell_outcomes(path: str, operation: Facts) -> None:
    """Add what may come instead of an answer, and the headers of the answer."""
    responses = operation["responses"]
    responses["200"] = responses.pop(200)
    parameters = {parameter["name"] for parameter in operation["parameters"]}
    headers = ["RateLimit", "RateLimit-Policy", *(["Link"] if "cursor" in parameters else [])]
    responses["200"]["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    kinds = [UNAUTHORIZED, TOO_MANY]
    if parameters - {"slug"}:
        kinds.append(INVALID)
    if "cursor" in parameters:
        kinds.append(BROKEN_CURSOR)
    if "slug" in parameters:
        kinds.append(NOT_FOUND)
    if path.endswith("/stories/{slug}"):
        kinds.append(WITHDRAWN)
        where = {"description": "Its present address in the API.", "schema": {"type": "string"}}
        responses["301"] = {"description": "The story has moved.", "headers": {"Location": where}}
    for kind in kinds:
        responses[str(kind.status.value)] = {"$ref": f"#/components/responses/{_id_of(kind)}"}
    operation["responses"] = dict(sorted(responses.items()))


def _id_of(kind: Kind) -> str:
    return kind.name.title().replace("-", "")


def _response(kind: Kind) -> Facts:
    example: Facts = {
        "type": kind.address,
        "title": kind.title,
        "status": kind.status.value,
        "detail": kind.meaning,
    }
    if kind.status is HTTPStatus.UNPROCESSABLE_ENTITY:
        example["errors"] = [{"parameter": "limit", "message": "Input should be less than or equal to 100"}]
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS_OF.get(kind.name, ())}
    told = {"description": f"{kind.title}. {kind.meaning}", "content": {PROBLEM_TYPE: content}}
    return {**told, "headers": headers} if headers else told
