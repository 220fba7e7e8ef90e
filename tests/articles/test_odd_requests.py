"""What no reader asks for and some program will: no address, cookie or header breaks a page or opens it."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from articles.actions.search_index import index_stories
from tests.factories.articles import NOW, PAID_TEXT, ArticleFactory

pytestmark = pytest.mark.django_db

LONG, HUGE = "s" * 5000, "9" * 30

PATHS = (
    f"/news-sitemap-{HUGE}.xml",
    "/news-sitemap-9223372036854775.xml",
    "/news-sitemap-0.xml",
    "/sitemap-nope.xml",
    f"/sitemap-stories.xml?p={'9' * 5000}",
    "/search/?q=a&since=0001-01-01",
    "/search/?q=a&until=9999-12-31",
    "/search/?since=9999-12-31&until=0001-01-01",
    "/search/?q=a&since=2026-02-31",
    f"/search/?q={'%22' * 300}",
    f"/search/?q={'-' * 300}",
    f"/search/?q={LONG}",
    "/search/?q=%ED%A0%80",
    "/search/?q=%F0%9F%98%80",
    "/search/?q=*&page=1e9",
    "/search/?q=a*+OR+b:c+%28%29%5E%7E",
    "/search/?q=NEAR(a+b)",
    "/search/?q=a&q=b&section=a&section=b&page=-1",
    "/search/?author=%F0%9F%98%80",
    "/search/?access=paid",
    "/?page=%FF",
    "/corrections/?page=9999999999999999999999",
    "/feeds/%00/rss.xml",
    f"/feeds/{LONG}/rss.xml",
    "/feeds/%F0%9F%98%80/atom.xml",
    "/articles/x/letter/%00/",
    "/articles/x/letter/a:b:c/",
    "/articles/x/letter/.eJw:1:x/",
    "/articles/x/gift/-/",
    "/cards/x-y-z.png",
    "/articles/story-%00/",
    f"/articles/{LONG}/",
    "/articles/%C3%A9/",
    "/articles/a.md.md",
    "/topics/%00/",
    "/%00/",
)
VALUES = ("", "x", "a:b:c", ":::", "é", "%00", '"', ".a:b:c", "A" * 4000, "=;")
VALIDATORS = ('"', "W/", "*", "x" * 9000, '"a","b",,', "é", 'W/"é"')
CONDITIONS = ("If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "Range", "If-Range")


@pytest.fixture(autouse=True)
def address(clock: time_machine.Traveller) -> str:
    story = ArticleFactory.create()
    index_stories(at=NOW)
    cache.clear()
    return story.get_absolute_url()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_any_address_is_answered(client: Client, path: str) -> None:
    assert client.get(path).status_code in {200, 302, 400, 402, 404, 410}


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:8])
@pytest.mark.parametrize("name", ["meter", "pass", "sessionid", "messages", "csrftoken"])
def test_no_cookie_opens_anything(client: Client, address: str, name: str, value: str) -> None:
    page = client.get(address, HTTP_COOKIE=f"{name}={value}")
    assert (page.status_code, PAID_TEXT in page.text) == (200, False)
    opened = client.post(f"{address}open/", HTTP_COOKIE=f"{name}={value}")
    assert opened.status_code == 302


@pytest.mark.parametrize("value", VALIDATORS, ids=lambda value: value[:8])
@pytest.mark.parametrize("header", CONDITIONS)
def test_no_condition_opens_anything(client: Client, address: str, header: str, value: str) -> None:
    page = client.get(address, headers={header: value})
    assert page.status_code in {200, 304, 400, 412}
    assert PAID_TEXT not in page.text
