"""What holds for every answer: its schema, its headers, its problems, and how often one may ask."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from articles.actions.reading_keys import revoke_key
from articles.models import ReadingKey
from tests.articles.api.conftest import Program, Programs
from tests.factories.accounts import UserFactory
from tests.factories.articles import (
    NOW,
    ArticleFactory,
    AuthorFactory,
    PictureFactory,
    SectionFactory,
    TopicFactory,
)

SITE = "http://127.0.0.1:8000"
DOCUMENT = "/api/v1/openapi.json"


def fill(section: str = "money") -> None:
    """Something of each kind."""
    story = ArticleFactory.create(
        slug="ferry",
        section=SectionFactory.create(slug=section),
        topics=[TopicFactory.create(slug="debt")],
        authors=[AuthorFactory.create(slug="ann", role="Editor", bio="Counts.")],
        lead_picture=PictureFactory.create(),
    )
    story.corrections.create(
        notice="It was red.", reason="Dusk.", by_label="desk", at=NOW - timedelta(hours=1)
    )
    ArticleFactory.create(slug="pier", published_at=NOW - timedelta(days=1))


def test_the_document_is_valid_openapi(client: Client) -> None:
    document = client.get(DOCUMENT).json()
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_the_document_is_for_everyone_and_may_be_kept(client: Client) -> None:
    answer = client.get(DOCUMENT)
    assert (answer["Cache-Control"], answer["Access-Control-Allow-Origin"]) == ("public, max-age=3600", "*")
    assert not answer.cookies
    again = client.get(DOCUMENT, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def resolved(document: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in facts:
        *_, group, name = facts["$ref"].split("/")
        facts = document["components"][group][name]
    return facts


def check(document: dict[str, Any], schema: dict[str, Any], value: object) -> None:
    whole = schema | {"components": document["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)


ANSWERS = [
    ("/api/v1/stories", "stories?limit=1", 200),
    ("/api/v1/stories", "stories?text=both", 200),
    ("/api/v1/stories", "stories?cursor=nonsense", 400),
    ("/api/v1/stories", "stories?limit=101", 422),
    ("/api/v1/stories/{slug}", "stories/ferry", 200),
    ("/api/v1/stories/{slug}", "stories/ferry?text=none", 200),
    ("/api/v1/stories/{slug}", "stories/nothing", 404),
    ("/api/v1/sections", "sections", 200),
    ("/api/v1/sections/{slug}", "sections/money", 200),
    ("/api/v1/sections/{slug}", "sections/nothing", 404),
    ("/api/v1/topics", "topics", 200),
    ("/api/v1/topics/{slug}", "topics/debt", 200),
    ("/api/v1/topics/{slug}", "topics/nothing", 404),
    ("/api/v1/authors", "authors", 200),
    ("/api/v1/authors/{slug}", "authors/ann", 200),
    ("/api/v1/authors/{slug}", "authors/nothing", 404),
    ("/api/v1/corrections", "corrections", 200),
    ("/api/v1/account", "account", 200),
]


@pytest.mark.parametrize(("path", "asked", "status"), ANSWERS)
@pytest.mark.parametrize("reader", ["registered", "lapsed", "subscriber", "staff"])
def test_every_answer_is_what_the_document_says(
    programs: Programs, reader: str, path: str, asked: str, status: int
) -> None:
    fill()
    document = programs.keyless.get(DOCUMENT).json()
    answer = getattr(programs, reader).get(f"/api/v1/{asked}")
    assert answer.status_code == status
    told = resolved(document, document["paths"][path]["get"]["responses"][str(status)])
    [(kind, content)] = told["content"].items()
    assert answer["Content-Type"].split(";")[0] == kind
    check(document, content["schema"], answer.json())


def test_every_operation_was_asked() -> None:
    document = Client().get(DOCUMENT).json()
    assert {path for path, _, _ in ANSWERS} == {*document["paths"]}


def test_the_schemas_are_strict_enough_to_fail(client: Client) -> None:
    document = client.get(DOCUMENT).json()
    story = document["components"]["schemas"]["Story"]
    [example] = story["examples"]
    check(document, story, example)
    faults = [{**example, "is_whole": "yes"}, {name: example[name] for name in example if name != "decision"}]
    for fault in faults:
        validator = Draft202012Validator(story | {"components": document["components"]})
        assert not validator.is_valid(fault)


@pytest.mark.parametrize("asked", [asked for _, asked, _ in ANSWERS])
def test_an_answer_is_private_and_sets_no_cookie(programs: Programs, asked: str) -> None:
    fill()
    answer = programs.subscriber.get(f"/api/v1/{asked}", headers={"Cookie": "sessionid=somebody"})
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.get("Access-Control-Allow-Credentials") is None
    assert not answer.cookies


def test_a_session_opens_nothing(programs: Programs) -> None:
    fill()
    browser = Client()
    browser.force_login(programs.subscriber.key.user)
    assert browser.get("/api/v1/stories/ferry").status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic cmVhZGVyOnNlY3JldA==",
        "Bearer \xe9\xff",
        "Bearer a b",
    ],
)
def test_without_a_good_key_there_is_nothing(programs: Programs, header: str) -> None:
    fill()
    answer = programs.keyless.get("/api/v1/stories", headers={"Authorization": header} if header else {})
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert (problem["type"], problem["status"]) == (f"{SITE}/api/#unauthorized", 401)


def test_a_key_that_was_revoked_or_is_of_another_kind_or_of_a_closed_account_opens_nothing(
    programs: Programs,
) -> None:
    fill()
    revoked, closed = programs.registered, programs.lapsed
    assert [program.get("/api/v1/stories").status_code for program in (revoked, closed)] == [200, 200]
    revoke_key(key=revoked.key, by=revoked.key.user, at=NOW)
    closed.key.user.is_active = False
    closed.key.user.save()
    feed = Program(programs.subscriber.key.user, ReadingKey.Kind.FEED)
    for program in (revoked, closed, feed):
        assert program.get("/api/v1/stories/ferry").status_code == 401
        assert "error=" in program.get("/api/v1/stories")["WWW-Authenticate"]


def test_a_key_may_ask_so_often_a_minute(programs: Programs, settings: Any, clock: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    program, other = programs.subscriber, Program(UserFactory.create())
    first, second, third = (program.get("/api/v1/sections") for _ in range(3))
    assert [answer.status_code for answer in (first, second, third)] == [200, 200, 429]
    assert (first["RateLimit-Policy"], first["RateLimit"]) == ('"key";q=2;w=60', '"key";r=1;t=60')
    assert (third["RateLimit"], third["Retry-After"]) == ('"key";r=0;t=60', "60")
    assert third.json()["type"] == f"{SITE}/api/#too-many-requests"
    assert other.get("/api/v1/sections").status_code == 200
    clock.shift(timedelta(seconds=60))
    assert program.get("/api/v1/sections").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(programs: Programs, method: str) -> None:
    answer = getattr(programs.subscriber, method)("/api/v1/stories")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["type"] == f"{SITE}/api/#method-not-allowed"


def test_a_script_of_any_origin_may_ask_first_and_without_a_key(client: Client) -> None:
    answer = client.options(
        "/api/v1/stories",
        headers={
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, "*")
    assert answer["Access-Control-Allow-Headers"] == "Authorization"


def test_a_head_is_answered_without_a_body(programs: Programs) -> None:
    answer = programs.subscriber.head("/api/v1/sections")
    assert (answer.status_code, answer.content) == (200, b"")


def test_an_unknown_address_is_a_problem_too(programs: Programs) -> None:
    answer = programs.subscriber.get("/api/v1/subscribers")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("section=nothing", "section"),
        ("topic=nothing", "topic"),
        ("author=nothing", "author"),
        ("section=a/b", "section"),
        ("access=everyone", "access"),
        ("text=pdf", "text"),
        ("language=english", "language"),
        ("published_since=yesterday", "published_since"),
        ("published_since=2026-07-01T00:00:00", "published_since"),
        ("updated_until=0001-01-01T00:00:00%2B14:00", "updated_until"),
        ("sectoin=money", "sectoin"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(programs: Programs, asked: str, parameter: str) -> None:
    answer = programs.subscriber.get(f"/api/v1/stories?{asked}")
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [mistake["parameter"] for mistake in problem["errors"]] == [parameter]


def test_the_account_says_what_its_key_reads_and_why(programs: Programs) -> None:
    told = programs.subscriber.ask("account")
    assert [(row["access"], row["is_whole"]) for row in told["may_read"]] == [
        ("free", True),
        ("registered", True),
        ("subscribers", True),
    ]
    assert [right["reason"] for right in told["rights"]] == ["You subscribe."]
    told = programs.lapsed.ask("account")
    assert [row["is_whole"] for row in told["may_read"]] == [True, True, False]
    assert (told["rights"], told["ended"]["ends_at"]) == ([], "2026-07-03T15:00:00Z")


def test_the_page_explains_every_operation_and_problem(client: Client, db: None) -> None:
    cache.clear()
    answer = client.get("/api/")
    document = client.get(DOCUMENT).json()
    ids = [methods["get"]["operationId"] for methods in document["paths"].values()]
    assert [name for name in ids if f'id="{name}"' not in answer.text] == []
    kinds = [kind for kind in document["components"]["schemas"] if f'id="object-{kind}"' not in answer.text]
    assert kinds == []
    assert 'id="unauthorized"' in answer.text
    assert "`" not in answer.text
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies
