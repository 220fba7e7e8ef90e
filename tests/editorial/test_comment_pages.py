"""The pages of a story's comments: what they show, what crafted requests cannot do, and what they cost."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import EDITOR, SUPPORT, WRITER
from articles.models import Article, State
from editorial.actions import add_comment, resolve_comment
from editorial.content import head_content
from editorial.models import Comment, Notification
from editorial.passages import marked_lines
from tests.factories.desk import NOW, browser_of, draft, person, story

pytestmark = pytest.mark.django_db

BODY = "<p>The old quay lies under water.</p><p>Nobody asked the <em>pilots</em>.</p>"


@pytest.fixture
def writer() -> User:
    return person(WRITER, name="Marta Ellingsen")


@pytest.fixture
def editor() -> User:
    return person(EDITOR, name="Edda Korhald")


@pytest.fixture
def article(writer: User) -> Article:
    return draft(writer, body=BODY)


def page_of(article: Article) -> str:
    return f"/admin/desk/stories/{article.pk}/comments/"


def post(user: User, article: Article, *, part: bool = False, **values: Any) -> Any:
    return browser_of(user).post(page_of(article) + ("?part=threads" if part else ""), values)


def suggestion(article: Article, by: User, quote: str = "old quay", replacement: str = "quay") -> Comment:
    return add_comment(article=article, text="", by=by, at=NOW, quote=quote, replacement=replacement)


def test_a_comment_is_made_and_answered_by_forms_alone(article: Article, editor: User, writer: User) -> None:
    said = post(editor, article, do="add", text="Which, @Marta Ellingsen?", quote="old quay", near="4")
    comment = Comment.objects.get()
    assert (said.status_code, said.url) == (302, f"{page_of(article)}#comment-{comment.pk}")
    assert (comment.passage, comment.is_suggestion) == ((4, 12), False)
    assert [told.user for told in Notification.objects.all()] == [writer]
    post(writer, article, do="reply", comment=comment.pk, text="The east one.")
    page = browser_of(editor).get(page_of(article)).content.decode()
    assert [page.count(words) for words in ("Which, @Marta Ellingsen?", "The east one.")] == [1, 1]
    assert f'<mark id="passage-{comment.pk}"><a href="#comment-{comment.pk}">old quay</a></mark>' in page


def test_a_suggestion_is_made_and_accepted_by_forms_alone(
    article: Article, editor: User, writer: User
) -> None:
    post(editor, article, do="add", quote="pilots", suggests="on", replacement="crew")
    made = Comment.objects.get()
    post(writer, article, do="accept", comment=made.pk)
    article.refresh_from_db()
    assert head_content(article).body == BODY.replace("pilots", "crew")


def test_what_cannot_be_said_stays_in_its_field(article: Article, editor: User) -> None:
    answer = post(
        editor, article, do="add", text="A remark.", quote="harbour", suggests="on", replacement="port"
    )
    page = answer.content.decode()
    assert (answer.status_code, Comment.objects.count()) == (400, 0)
    assert [words in page for words in ("not in the saved text", ">A remark.<", ">harbour<", ">port<")] == [
        True
    ] * 4


def test_a_script_gets_the_open_threads_or_the_reason(article: Article, editor: User) -> None:
    gone = add_comment(article=article, text="Settled long ago.", by=editor, at=NOW)
    resolve_comment(comment=gone, by=editor, at=NOW)
    made = suggestion(article, editor)
    part = browser_of(editor).get(page_of(article) + "?part=threads").content.decode()
    assert re.findall(r'data-(version|thread|start|end|quote|replacement)="([^"]*)"', part) == [
        ("version", "1"),
        ("thread", str(made.pk)),
        ("start", "4"),
        ("end", "12"),
        ("quote", "old quay"),
        ("replacement", "quay"),
    ]
    assert "Settled long ago." not in part
    refused = post(editor, article, part=True, do="add", text="")
    assert (refused.status_code, refused.json()) == (400, {"error": "Write something first."})
    said = post(editor, article, part=True, do="reject", comment=made.pk)
    assert (said.status_code, "No open comments." in said.content.decode()) == (200, True)


def test_the_page_shows_what_is_settled_when_asked(article: Article, editor: User) -> None:
    gone = add_comment(article=article, text="Settled long ago.", by=editor, at=NOW)
    resolve_comment(comment=gone, by=editor, at=NOW)
    pages = [browser_of(editor).get(page_of(article) + query).content.decode() for query in ("", "?show=all")]
    assert ["Settled long ago." in page for page in pages] == [False, True]


def test_words_of_a_comment_are_no_markup(article: Article, editor: User) -> None:
    post(
        editor,
        article,
        do="add",
        text="<script>alert(1)</script>",
        quote="old quay",
        suggests="on",
        replacement='"><b>',
    )
    page = browser_of(editor).get(page_of(article)).content.decode()
    assert [words in page for words in ("<script>alert(1)", "<b>")] == [False, False]


# Who may


def test_only_who_sees_the_story_sees_its_comments(article: Article, editor: User) -> None:
    add_comment(article=article, text="A secret remark.", by=editor, at=NOW)
    clients = [Client(), browser_of(person(SUPPORT)), browser_of(person(WRITER, "other@example.com"))]
    answers = [client.get(page_of(article) + part) for client in clients for part in ("", "?part=threads")]
    assert [answer.status_code for answer in answers] == [302, 302, 403, 403, 404, 404]
    assert [b"A secret remark." in answer.content for answer in answers] == [False] * 6


def test_crafted_requests_change_nothing(editor: User, writer: User) -> None:
    article = story(State.IN_REVIEW, body=BODY)
    made = suggestion(article, editor)
    elsewhere = suggestion(draft(editor, body=BODY), editor)
    stranger = person(WRITER, "other@example.com")
    for do in ("add", "reply", "resolve", "accept", "reject"):
        assert post(stranger, article, do=do, comment=made.pk, text="Hm.").status_code == 404
    for do in ("accept", "reject", "resolve", "reopen", "publish", ""):
        assert post(writer, article, do=do, comment=made.pk).status_code == 400
    for key in (elsewhere.pk, 999, "x", ""):
        assert post(writer, article, do="accept", comment=key).status_code == 404
    assert list(Comment.objects.values_list("state", flat=True)) == [Comment.State.OPEN] * 2
    assert Article.objects.get(pk=article.pk).version == 1


def test_a_request_from_another_site_is_refused(article: Article, editor: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    answer = client.post(page_of(article), {"do": "add", "text": "Hm."})
    assert (answer.status_code, Comment.objects.count()) == (403, 0)


def test_buttons_are_those_of_the_person_and_the_state(article: Article, editor: User, writer: User) -> None:
    def buttons(user: User) -> list[str]:
        page = browser_of(user).get(page_of(article) + "?show=all").content.decode()
        return re.findall(r'name="do" value="(\w+)"', page)

    suggestion(article, editor)
    assert [buttons(writer), buttons(editor)] == [["add", "reply", "accept", "reject"]] * 2
    Article.objects.filter(pk=article.pk).update(state=State.IN_REVIEW)
    assert buttons(writer) == ["add", "reply"]
    Article.objects.filter(pk=article.pk).update(state=State.KILLED)
    assert buttons(editor) == []


# With the story's own form


def test_the_saved_story_tells_which_suggestions_are_in_its_text(
    article: Article, editor: User, writer: User
) -> None:
    taken, left = suggestion(article, editor), suggestion(article, editor, "pilots", "crew")
    address = f"/admin/articles/article/{article.pk}/change/"
    client = browser_of(writer)
    form = client.get(address).context["adminform"].form
    fields = {name: form[name].value() for name in form.fields}
    fields = {name: value for name, value in fields.items() if value not in (None, "", [])}
    typed = fields | {"body": BODY.replace("old quay", "quay"), "accepted_suggestions": f"{taken.pk},x,"}
    assert client.post(address, typed).status_code == 302
    states = dict(Comment.objects.values_list("pk", "state"))
    assert states == {taken.pk: Comment.State.ACCEPTED, left.pk: Comment.State.OPEN}
    taken.refresh_from_db()
    assert taken.closed_by_label == "Marta Ellingsen"


def test_the_margin_is_there_where_the_text_may_be_changed(writer: User, editor: User) -> None:
    article = story(State.IN_REVIEW, body=BODY)
    suggestion(article, editor)
    address = f"/admin/articles/article/{article.pk}/change/"
    pages = [browser_of(user).get(address).content.decode() for user in (writer, editor)]
    assert ["1 open comment" in page for page in pages] == [True, True]
    assert ['id="desk-comments"' in page for page in pages] == [False, True]


# What it costs


@pytest.mark.parametrize("number", [1, 50])
@pytest.mark.parametrize(("query", "queries"), [("?part=threads", 7), ("", 12)], ids=["part", "page"])
def test_fifty_threads_cost_as_many_queries_as_one(
    article: Article,
    editor: User,
    number: int,
    query: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    at = timezone.now()
    for _ in range(number):
        made = Comment.objects.create(article=article, text="Hm.", by=editor, by_label="Edda", at=at)
        Comment.objects.create(article=article, parent=made, text="Hm?", by=editor, by_label="Edda", at=at)
    client = browser_of(editor)
    with django_assert_num_queries(queries):
        page = client.get(page_of(article) + query).content.decode()
    assert page.count('class="thread"') == number


def test_overlapping_passages_are_cut_where_they_begin_and_end(article: Article, editor: User) -> None:
    outer, inner = (
        add_comment(article=article, text="Hm.", by=editor, at=NOW, quote=quote)
        for quote in ("old quay lies under water.\nNobody", "quay")
    )
    first, second = marked_lines(BODY, [outer, inner])
    assert [(piece.text, piece.comment, piece.begins) for piece in first.pieces] == [
        ("The ", None, False),
        ("old ", outer.pk, True),
        ("quay", inner.pk, True),
        (" lies under water.", outer.pk, False),
    ]
    assert (second.start, [(piece.text, piece.comment) for piece in second.pieces]) == (
        len("The old quay lies under water.\n"),
        [("Nobody", outer.pk), (" asked the pilots.", None)],
    )
