"""A story whose text a person may read but not change: set as its readers will see it, with its byline."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from accounts.roles import EDITOR, WRITER
from articles.models import Article, State
from tests.factories.articles import AuthorFactory
from tests.factories.desk import person, story

pytestmark = pytest.mark.django_db

BODY = '<p>A first <em>word</em>.</p><script>alert("read me")</script><p>5 &lt; 6.</p>'


def page_of(article: Article, role: str) -> BeautifulSoup:
    browser = Client()
    browser.force_login(person(role))
    answer = browser.get(f"/admin/articles/article/{article.pk}/change/")
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def text_of(page: BeautifulSoup, selector: str) -> str:
    found = page.select_one(selector)
    assert isinstance(found, Tag)
    return " ".join(found.get_text().split())


def scheduled() -> Article:
    authors = (AuthorFactory.create(name="Ottoline Farrow"), AuthorFactory.create(name="Bram Ister"))
    return story(State.SCHEDULED, body=BODY, authors=tuple(author.pk for author in authors))


def test_the_text_is_set_and_not_shown_as_markup() -> None:
    page = page_of(scheduled(), EDITOR)
    assert text_of(page, ".set-text__body") == "A first word. 5 < 6."
    assert [str(mark) for mark in page.select(".set-text__body em")] == ["<em>word</em>"]
    assert page.select(".set-text script") == []


def test_the_byline_is_told_in_its_order() -> None:
    lines = page_of(scheduled(), EDITOR).select(".field-line")
    told = {line.label.get_text(): line.select_one(".readonly") for line in lines if line.label}
    assert told["Byline"] is not None
    assert told["Byline"].get_text() == "Ottoline Farrow, Bram Ister"


def test_what_only_saving_needs_is_not_shown() -> None:
    labels = [label.get_text() for label in page_of(scheduled(), EDITOR).select(".field-line label")]
    assert labels[:5] == ["Headline", "Standfirst", "Body", "Byline", "Place"]


def test_whoever_may_change_the_text_has_the_editor() -> None:
    article = story(State.DRAFT, by=person(WRITER, email="theirs@example.com"))
    page = page_of(article, EDITOR)
    assert page.select(".set-text") == []
    assert len(page.select('textarea[name="body"]')) == 1
