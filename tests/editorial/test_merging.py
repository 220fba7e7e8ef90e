"""Two edits of one story brought together on a page, with no word of either side lost (rule W4)."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import EDITOR, WRITER
from articles.models import Article
from editorial.actions import keep_refused, submit_article
from editorial.content import Content
from editorial.merging import bring_together
from editorial.models import Revision, Sitting
from editorial.typed import typed_of
from tests.editorial.writing import form_in, page_of, typed_in
from tests.factories.desk import browser_of, draft, edit, person

OPENING, MIDDLE, END = "The mill turned.", "Nobody had counted.", "It still turns."


def body(*paragraphs: str) -> str:
    return "".join(f"<p>{words}</p>" for words in paragraphs)


@pytest.fixture
def writer(db: None) -> User:
    return person(WRITER, name="Marta Ellingsen")


@pytest.fixture
def editor(db: None) -> User:
    return person(EDITOR, name="Sven Aalto")


@pytest.fixture
def article(writer: User) -> Article:
    return draft(writer, at=timezone.now(), headline="A tide mill", body=body(OPENING, MIDDLE, END))


def collide(article: Article, by: User, mine: dict[str, Any], other: User, theirs: dict[str, Any]) -> str:
    """The editor saves first, then the writer from the older page; returns the address of the merge page."""
    opened = form_in(article, **mine)
    edit(article, other, at=timezone.now(), **theirs)
    answer = browser_of(by).post(page_of(article), opened)
    return str(answer["Location"])


def send(client: Client, address: str, *, latest: int, **choices: str) -> Any:
    return client.post(address, {"latest": latest, **choices})


def names_in(page: str) -> list[str]:
    """The names of the choices on the page, each once."""
    return list(dict.fromkeys(re.findall(r'type="radio" name="([\w-]+)"', page)))


def text_of(article: Article) -> str:
    return typed_in(article)["body"][0]


def test_w4_changes_of_different_passages_are_both_taken(
    article: Article, writer: User, editor: User
) -> None:
    address = collide(
        article,
        writer,
        {"body": body("The old mill turned.", MIDDLE, END)},
        editor,
        {"body": body(OPENING, MIDDLE, "It still turns, slowly.")},
    )
    client = browser_of(writer)
    page = client.get(address)
    assert (page.status_code, names_in(page.text)) == (200, [])
    assert "<ins>old </ins>" in page.text or "<ins>old</ins>" in page.text
    answer = send(client, address, latest=2)
    assert answer["Location"] == f"{page_of(article)}?merged=tab-1"
    assert text_of(article) == body("The old mill turned.", MIDDLE, "It still turns, slowly.")
    revision = Revision.objects.get(article=article, number=3)
    assert (revision.by, revision.note) == (writer, "merged two edits")
    assert not Sitting.objects.filter(content__isnull=False).exists()


@pytest.mark.parametrize(
    ("choice", "middle"),
    [
        ("mine", ["Nobody had ever counted."]),
        ("theirs", ["Nobody had really counted."]),
        ("both", ["Nobody had ever counted.", "Nobody had really counted."]),
        ("nonsense", ["Nobody had ever counted.", "Nobody had really counted."]),
    ],
)
def test_w4_a_passage_that_both_changed_is_for_choosing(
    article: Article, writer: User, editor: User, choice: str, middle: list[str]
) -> None:
    address = collide(
        article,
        writer,
        {"body": body(OPENING, "Nobody had ever counted.", END)},
        editor,
        {"body": body(OPENING, "Nobody had really counted.", END)},
    )
    client = browser_of(writer)
    (name,) = names_in(client.get(address).text)
    assert send(client, address, latest=2, **{name: choice}).status_code == 302
    assert text_of(article) == body(OPENING, *middle, END)


def test_w4_headlines_of_both_sides_wait_for_a_choice(article: Article, writer: User, editor: User) -> None:
    address = collide(article, writer, {"headline": "My mill"}, editor, {"headline": "Their mill"})
    client = browser_of(writer)
    page = client.get(address).text
    assert names_in(page) == ["line-headline"]
    assert "checked" not in page
    refused = send(client, address, latest=2)
    assert (refused.status_code, Article.objects.get().version) == (409, 2)
    assert Sitting.objects.get().content["headline"] == ["My mill"]  # type: ignore[index]
    send(client, address, latest=2, **{"line-headline": "mine"})
    assert Article.objects.get().headline == "My mill"


def test_w4_a_field_that_only_one_side_changed_is_taken_and_can_be_overruled(
    article: Article, writer: User, editor: User
) -> None:
    address = collide(
        article, writer, {"standfirst": "Mine."}, editor, {"dateline_place": "KIRKVIK", "slugline": "tides"}
    )
    client = browser_of(writer)
    page = client.get(address).text
    assert sorted(names_in(page)) == ["line-dateline_place", "line-slugline", "line-standfirst"]
    checked = re.findall(r'name="line-(\w+)" value="(\w+)" checked', page)
    assert sorted(checked) == [("dateline_place", "theirs"), ("slugline", "theirs"), ("standfirst", "mine")]
    send(client, address, latest=2, **{"line-slugline": "mine"})
    merged = Article.objects.get()
    assert (merged.standfirst, merged.dateline_place, merged.slugline) == ("Mine.", "KIRKVIK", "")


def test_w4_a_third_text_brings_the_page_again_with_the_choices_kept(
    article: Article, writer: User, editor: User
) -> None:
    address = collide(
        article,
        writer,
        {"headline": "My mill", "body": body(OPENING, "Mine here.", END)},
        editor,
        {"headline": "Their mill", "body": body(OPENING, "Theirs here.", END)},
    )
    client = browser_of(writer)
    passage = next(name for name in names_in(client.get(address).text) if name.startswith("passage"))
    edit(article, editor, at=timezone.now(), body=body(OPENING, "Theirs here.", END, "And a third text."))
    chosen = {"line-headline": "mine", passage: "theirs"}
    answer = send(client, address, latest=2, **chosen)
    assert (answer.status_code, Article.objects.get().version) == (409, 3)
    kept = re.findall(r'name="([\w-]+)" value="(\w+)" checked', answer.text)
    assert dict(kept) == chosen
    send(client, address, latest=3, **chosen)
    assert text_of(article) == body(OPENING, "Theirs here.", END, "And a third text.")
    assert Article.objects.get().headline == "My mill"


def test_half_a_date_is_shown_and_keeps_the_page_until_the_other_is_taken(
    article: Article, writer: User
) -> None:
    typed = typed_in(article, dateline_date="2026-13-40", headline="Whole")
    kept = keep_refused(article=article, user=writer, tab="a", base=1, content=typed, at=timezone.now())
    client, address = browser_of(writer), f"/admin/desk/stories/{article.pk}/merge/{kept.pk}/"
    assert "2026-13-40" in client.get(address).text
    answer = send(client, address, latest=1)
    assert (answer.status_code, "Enter a valid date." in answer.text) == (409, True)
    assert send(client, address, latest=1, **{"line-dateline_date": "theirs"}).status_code == 302
    assert Article.objects.get().headline == "Whole"


def test_a_story_in_review_shows_what_was_typed_and_saves_nothing(article: Article, writer: User) -> None:
    typed = typed_in(article, headline="Too late")
    kept = keep_refused(article=article, user=writer, tab="a", base=1, content=typed, at=timezone.now())
    submit_article(article=article, by=writer, at=timezone.now())
    client, address = browser_of(writer), f"/admin/desk/stories/{article.pk}/merge/{kept.pk}/"
    page = client.get(address).text
    assert ("You cannot change this story" in page, "Save what you typed" in page) == (True, False)
    assert send(client, address, latest=1).status_code == 409
    assert (Sitting.objects.count(), Article.objects.get().headline) == (1, "A tide mill")


def test_nobody_else_opens_the_page(article: Article, writer: User, editor: User) -> None:
    typed = typed_in(article, headline="Private")
    kept = keep_refused(article=article, user=writer, tab="a", base=1, content=typed, at=timezone.now())
    other = draft(writer)
    address = f"/admin/desk/stories/{article.pk}/merge/{kept.pk}/"
    assert browser_of(editor).get(address).status_code == 404
    assert browser_of(person(WRITER, "b@example.com")).get(address).status_code == 404
    assert browser_of(writer).get(address.replace(f"/{article.pk}/", f"/{other.pk}/", 1)).status_code == 404
    assert Client().get(address).status_code == 302
    assert browser_of(writer, enforce_csrf_checks=True).post(address, {"latest": 1}).status_code == 403
    assert Article.objects.get(pk=article.pk).headline == "A tide mill"


def test_a_base_nobody_knows_any_more_leaves_everything_to_be_chosen(article: Article, writer: User) -> None:
    typed = typed_in(article, headline="Mine")
    kept = keep_refused(article=article, user=writer, tab="a", base=77, content=typed, at=timezone.now())
    page = browser_of(writer).get(f"/admin/desk/stories/{article.pk}/merge/{kept.pk}/").text
    assert (names_in(page), "checked" in page) == (["line-headline"], False)


def test_what_is_typed_is_shown_as_text(article: Article, writer: User, editor: User) -> None:
    hostile = '<img src=x onerror="alert(1)">'
    address = collide(
        article, writer, {"headline": hostile, "body": f"<p>{hostile}</p>"}, editor, {"headline": "Theirs"}
    )
    assert "onerror" not in browser_of(writer).get(address).text.replace("&lt;img src=x onerror=", "")


# Whatever two people do to a text

WORDS = st.lists(st.sampled_from([f"w{number}" for number in range(40)]), min_size=1, max_size=5)
TEXTS = st.lists(WORDS.map(" ".join), max_size=5)


def words_in(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", re.sub(r"<[^>]*>", " ", text)))


@given(TEXTS, TEXTS, TEXTS)
def test_w4_the_default_choices_lose_no_new_word_of_either_side(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> None:
    old, own, other = (Content(section=1, body=body(*texts)) for texts in (base, mine, theirs))
    made = bring_together(old, typed_of(own), other, {})
    result = words_in(made.result["body"][0])
    began = words_in(body(*base))
    assert words_in(body(*mine)) - began - result == Counter()
    assert words_in(body(*theirs)) - began - result == Counter()
    assert made.open_lines == []


@given(*[st.sampled_from(["", "one", "two", "three"])] * 3)
def test_w4_no_short_field_is_decided_over_somebodys_change(base: str, mine: str, theirs: str) -> None:
    old, own, other = (Content(section=1, headline=words) for words in (base, mine, theirs))
    made = bring_together(old, typed_of(own), other, {})
    if mine == theirs or base in (mine, theirs):
        assert made.open_lines == []
        assert made.result["headline"] == [mine if theirs == base else theirs]
    else:
        assert made.open_lines == ["headline"]
