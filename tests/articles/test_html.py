"""The HTML of every public page, by the standard: all routes of the site that answer with a page."""

# ruff: noqa: E501 (markup reads better on one line)

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.test import Client

from articles.actions.gift_links import give_story
from articles.models import Access, Article
from articles.openings import gift_address, mail_address
from articles.surfaces import surfaces_of
from newsletters.models import Edition
from subscriptions.models import Plan
from tests.articles.conftest import Readers
from tests.factories.articles import (
    NOW,
    ArticleFactory,
    AuthorFactory,
    PageFactory,
    PictureFactory,
    SectionFactory,
    TopicFactory,
)
from tests.factories.newsletters import make_edition
from tests.html_validator import complaints_about

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.timeout(600)]

BODY = """\
<p>One<span class="footnote">The <em>log</em>.</span> &amp; two.</p><h2>On</h2><h2>On</h2>
<ul><li><p>a</p><ol start="3"><li><p>b</p></li></ol></li></ul>
<blockquote class="display"><p>Said.</p></blockquote><p class="runon">and went.</p>
<figure><img data-picture="%d" alt=""><figcaption>The quay.<span class="credit">Ann</span></figcaption></figure>
<table><tbody><tr><th>a</th><th>b</th></tr><tr><th>1</th><td>2</td></tr></tbody></table><hr>
<div class="embed"><a href="https://film.example/v?a=1&amp;b=2">The film</a></div>
<hr class="paywall"><p><strong>Why?</strong></p><p>x<sub>2</sub> <s>no</s> <a href="/about/">us</a></p>"""

SIZES = [
    {"width": width, "height": width // 2, "format": kind, "name": f"q-{width}.{kind}"}
    for kind, width in (("avif", 480), ("webp", 480), ("jpeg", 960))
]


def lay_out() -> Article:
    """A magazine with something on every page; the story for subscribers is `tide`."""
    picture = PictureFactory.create(sizes=SIZES, alt='A "low" quay', caption="The quay.", credit="Ann Orley")
    about: dict[str, Any] = {
        "section": SectionFactory.create(slug="money", description="Who owes whom."),
        "authors": [AuthorFactory.create(slug="ann", bio="Writes."), AuthorFactory.create()],
        "topics": [TopicFactory.create(slug="ledgers"), TopicFactory.create()],
    }
    for number, access in enumerate((Access.FREE, Access.REGISTERED, *[Access.SUBSCRIBERS] * 22)):
        published_at = NOW - timedelta(hours=number + 4)
        ArticleFactory.create(slug=f"other-{number}", access=access, published_at=published_at, **about)
    dateline = {"dateline_place": "Vastholm", "dateline_date": date(2026, 7, 3), "dateline_source": "EIRNS"}
    story: Article = ArticleFactory.create(
        slug="tide", body=BODY % picture.pk, lead_picture=picture, updated_at=NOW, **dateline, **about
    )
    story.corrections.create(notice="Four.\n\nNot five.", reason="A slip.", by_label="Ann", at=NOW)
    price = {"amount": 900, "interval": "month"}
    plan = Plan.objects.create(key="monthly", name="Monthly", stripe_price_id="price_m", **price)
    plan.prices.create(stripe_id="price_m", currency="usd", is_current=True, **price)
    sent = {"sending_started_at": NOW, "released_at": NOW}
    make_edition(story, day=NOW.date(), state=Edition.State.SENT, **sent)
    PageFactory.create(slug="about")
    return story


def addresses(readers: Readers) -> Iterator[tuple[Client, str, str]]:
    """Who asks, as what, for which address: every route, and what only some kinds of readers see."""
    story = lay_out()
    routes = [path for path in surfaces_of(story) if not path.startswith("/admin/")]
    for path in [*routes, "/about/", "/nowhere/at/all/"]:
        yield readers.visitor, "visitor", path
        yield readers.subscriber, "subscriber", path
    for number in range(2):
        for form in ("", "print/"):
            yield readers.visitor, "visitor", f"/articles/other-{number}/{form}"
    yield readers.registered, "registered", "/articles/tide/"
    yield readers.registered, "registered", "/account/"
    giver = get_user_model().objects.get(grants__isnull=False)
    for address in (gift_address(give_story(article=story, by=giver, at=NOW)), mail_address(story, at=NOW)):
        yield readers.visitor, "guest", address.removeprefix("http://127.0.0.1:8000")


def pages(readers: Readers) -> dict[str, str]:
    found: dict[str, str] = {}
    for client, who, path in addresses(readers):
        answer = client.get(path)
        if answer.get("Content-Type", "").startswith("text/html") and answer.content:
            found[f"{who} {answer.status_code} {path}"] = answer.text
    return found


def test_every_public_page_is_valid_html(readers: Readers, settings: Any, tmp_path: Path) -> None:
    settings.METER_VISITOR = 3
    shown = pages(readers)
    wanted = {
        "/",
        "/articles/tide/",
        "/articles/tide/print/",
        "/corrections/",
        "/subscribe/",
        "/accounts/login/",
    }
    assert {f"visitor 200 {path}" for path in wanted} <= {*shown}
    assert "visitor 404 /nowhere/at/all/" in shown
    said = complaints_about(shown, folder=tmp_path)
    assert sorted({(each.page, each.message, each.extract) for each in said if each.is_error}) == []


def test_the_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    broken = "<!doctype html><html lang=en><title>x</title><p><div id=a></div></p><b id=a>"
    said = complaints_about({"broken": broken}, folder=tmp_path)
    assert {each.page for each in said if each.is_error} == {"broken"}
    assert any("Duplicate ID" in each.message for each in said)


class TestLinkPage:
    """Rule P7: what a link opened is in no index, and nothing on it leads to the link."""

    def page(self, client: Client, subscriber_of: Readers) -> tuple[str, BeautifulSoup]:
        story = ArticleFactory.create(slug="tide")
        giver = get_user_model().objects.get(grants__isnull=False)
        link = give_story(article=story, by=giver, at=NOW)
        path = gift_address(link).removeprefix("http://127.0.0.1:8000")
        return link.token, BeautifulSoup(client.get(path).content, "html.parser")

    def test_p7_it_is_not_indexed_sends_no_address_and_names_the_clean_address(
        self, readers: Readers
    ) -> None:
        token, page = self.page(readers.visitor, readers)
        told = {str(tag["name"]): tag["content"] for tag in page.select("meta[name]")}
        assert (told["robots"], told["referrer"]) == ("noindex", "strict-origin")
        assert [link["href"] for link in page.select('link[rel="canonical"]')] == [
            "http://127.0.0.1:8000/articles/tide/"
        ]
        assert page.select('script[type="application/ld+json"]') == []
        assert page.head is not None
        assert token not in str(page.head)
