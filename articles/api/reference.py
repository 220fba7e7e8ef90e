"""The page that explains the API to people, drawn from its OpenAPI document."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.api.document import openapi_document
from articles.api.problems import KINDS
from articles.caching import public_page

Facts = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of an object: `kind` in words, `link` to the object that it holds."""

    name: str
    kind: str
    link: str
    about: str
    is_required: bool = False
    default: str = ""


@dataclass(frozen=True)
class Operation:
    id: str
    path: str
    title: str
    about: list[str]
    parameters: list[Field]
    answer: str
    statuses: list[tuple[str, str]]
    """What may come instead of an answer: the status, and the name of the problem."""


@dataclass(frozen=True)
class Kind:
    """A kind of object that answers hold."""

    name: str
    about: str
    fields: list[Field]
    values: list[str]
    example: str


@public_page
def api_page(request: HttpRequest) -> HttpResponse:
    document = openapi_document()
    context = {
        "info": document["info"],
        "about": document["info"]["description"].strip().split("\n\n"),
        "groups": _groups(document),
        "kinds": [_kind(name, facts) for name, facts in document["components"]["schemas"].items()],
        "problems": KINDS,
        "per_minute": settings.API_REQUESTS_PER_MINUTE,
    }
    return render(request, "articles/api.html", context)


def _groups(document: Facts) -> list[tuple[Facts, list[Operation]]]:
    """The operations under their tags, both in the order of the document."""
    found = [(path, methods["get"]) for path, methods in document["paths"].items()]
    return [
        (tag, [_operation(document, path, facts) for path, facts in found if tag["name"] in facts["tags"]])
        for tag in document["tags"]
    ]


def _operation(document: Facts, path: str, facts: Facts) -> Operation:
    answer = facts["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(
        id=facts["operationId"],
        path=path,
        title=facts["summary"],
        about=facts["description"].strip().split("\n\n"),
        parameters=[_parameter(parameter) for parameter in facts["parameters"]],
        answer=_name(answer),
        statuses=[
            (status, _outcome(document, outcome))
            for status, outcome in facts["responses"].items()
            if status != "200"
        ],
    )


def _outcome(document: Facts, facts: Facts) -> str:
    if "$ref" in facts:
        facts = document["components"]["responses"][_name(facts)]
    return str(facts["description"])


def _parameter(facts: Facts) -> Field:
    schema = facts["schema"]
    kind, link = _type_of(schema)
    default = schema.get("default")
    return Field(
        name=facts["name"],
        kind=kind,
        link=link,
        about=facts.get("description") or schema.get("description", ""),
        is_required=bool(facts.get("required")),
        default="" if default is None else str(default),
    )


def _kind(name: str, facts: Facts) -> Kind:
    fields = [
        Field(field, *_type_of(schema), about=schema.get("description", ""))
        for field, schema in facts.get("properties", {}).items()
    ]
    example = next(iter(facts.get("examples", ())), None)
    return Kind(
        name=name,
        about=" ".join(facts.get("description", "").split()),
        fields=fields,
        values=facts.get("enum", []),
        example=json.dumps(example, ensure_ascii=False, indent=2) if example else "",
    )


def _type_of(schema: Facts) -> tuple[str, str]:
    """A type in words, and the name of the object or list of values it leads to, if it does."""
    if "$ref" in schema:
        return _name(schema), _name(schema)
    if "allOf" in schema:
        return _type_of(schema["allOf"][0])
    if "anyOf" in schema:
        kinds = [_type_of(choice) for choice in schema["anyOf"]]
        return " or ".join(kind for kind, _ in kinds), next((link for _, link in kinds if link), "")
    if schema.get("type") == "array":
        kind, link = _type_of(schema["items"])
        return f"list of {kind}", link
    if schema.get("format") == "date-time":
        return "time", ""
    return str(schema.get("type", "")), ""


def _name(schema: Facts) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
