"""The page of one story."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import Access, Article, FormerSlug
from subscriptions.models import Plan
from tests.articles.conftest import Readers
from tests.factories.articles import (
    NOW,
    ArticleFactory,
    AuthorFactory,
    PictureFactory,
    SectionFactory,
    TopicFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def free_story(**fields: object) -> Article:
    story: Article = ArticleFactory.create(**{"slug": "tide", "access": Access.FREE, **fields})
    return story


def page_of(client: Client, slug: str = "tide") -> BeautifulSoup:
    return BeautifulSoup(client.get(f"/articles/{slug}/").content, "html.parser")


def words(page: Tag, selector: str) -> list[str]:
    return [" ".join(found.get_text().split()) for found in page.select(selector)]


def test_authors_stand_in_the_order_of_the_byline(client: Client) -> None:
    names = ("Zora Quill", "Abel Marsh", "Mina Hale")
    free_story(authors=[AuthorFactory.create(name=name) for name in names])
    assert words(page_of(client), ".article__byline") == ["By Zora Quill, Abel Marsh and Mina Hale"]


def test_a_wire_story_has_no_byline_and_opens_with_its_dateline(client: Client) -> None:
    free_story(
        body="<p>The gates opened at noon.</p>",
        dateline_place="Port Saldane",
        dateline_date=date(2026, 7, 3),
        dateline_source="EIRNS",
    )
    page = page_of(client)
    assert words(page, ".article__byline") == []
    assert words(page, ".prose p") == ["Port Saldane, July 3, 2026 (EIRNS)—The gates opened at noon."]
    assert words(page, ".dateline__place") == ["Port Saldane"]


def test_no_dateline_no_dash(client: Client) -> None:
    free_story(body="<p>The gates opened at noon.</p>")
    assert words(page_of(client), ".prose p") == ["The gates opened at noon."]


def test_the_dateline_is_text_not_markup(client: Client) -> None:
    free_story(body="<p>Noon.</p>", dateline_place="<b>Quill</b> & Sons", dateline_source="A\\1<i>")
    assert words(page_of(client), ".prose p") == ["<b>Quill</b> & Sons (A\\1<i>)—Noon."]


def test_times_are_marked_up_in_the_newsrooms_zone(client: Client) -> None:
    free_story(published_at=NOW - timedelta(days=1), updated_at=NOW - timedelta(hours=1))
    page = page_of(client)
    assert [(time["datetime"], time.get_text()) for time in page.select(".article__dates time")] == [
        ("2026-07-02T11:00:00-04:00", "July 2, 2026"),
        ("2026-07-03T10:00:00-04:00", "July 3, 2026, 10:00 a.m. EDT"),
    ]


def test_the_lead_picture_comes_in_modern_formats_with_caption_and_credit(client: Client) -> None:
    sizes = [
        {"width": width, "height": width // 2, "format": kind, "name": f"pictures/q-{width}.{kind}"}
        for kind, width in (("avif", 480), ("avif", 960), ("webp", 480), ("jpeg", 960))
    ]
    free_story(
        lead_picture=PictureFactory.create(
            sizes=sizes, alt="A quay & a crane", caption="The quay.", credit="Photo: EIR"
        )
    )
    picture = page_of(client).select_one(".article__picture")
    assert picture is not None
    assert [(source["type"], source["srcset"]) for source in picture.select("source")] == [
        ("image/avif", "/media/pictures/q-480.avif 480w, /media/pictures/q-960.avif 960w"),
        ("image/webp", "/media/pictures/q-480.webp 480w"),
    ]
    image = picture.select_one("img")
    assert image is not None
    assert (image["src"], image["alt"], image["width"], image["height"]) == (
        "/media/pictures/q-960.jpeg",
        "A quay & a crane",
        "960",
        "480",
    )
    assert words(page_of(client), "figcaption") == ["The quay. Photo: EIR"]


def test_language_and_head(client: Client) -> None:
    free_story(
        language="pt-BR",
        seo_title="For engines",
        seo_description="Told to engines.",
        canonical_url="https://a.example/x",
    )
    page = page_of(client)
    assert page.html is not None
    assert page.html["lang"] == "pt-BR"
    assert words(page, "title") == ["For engines · Executive Intelligence Review"]
    head = {
        "description": page.select_one('meta[name="description"]'),
        "canonical": page.select_one('link[rel="canonical"]'),
        "hreflang": page.select_one("link[hreflang]"),
        "robots": page.select_one('meta[name="robots"]'),
        "og": page.select_one('meta[property="og:description"]'),
    }
    found = {name: tag and (tag.get("content") or tag.get("href")) for name, tag in head.items()}
    assert found == {
        "description": "Told to engines.",
        "canonical": "https://a.example/x",
        "hreflang": "https://a.example/x",
        "robots": "max-image-preview:large",
        "og": "Told to engines.",
    }


def test_its_own_address_is_canonical_without_what_was_asked(client: Client) -> None:
    free_story()
    page = BeautifulSoup(client.get("/articles/tide/?utm_source=mail&token=secret").content, "html.parser")
    links = [tag.get("href") for tag in page.select('link[rel="canonical"]')]
    assert links == ["http://127.0.0.1:8000/articles/tide/"]
    assert "secret" not in str(page)


def test_w9_former_addresses_lead_to_the_present_one_in_one_step(client: Client) -> None:
    story = free_story(slug="third")
    for slug in ("first", "second"):
        FormerSlug.objects.create(article=story, slug=slug)
    answers = [client.get(f"/articles/{slug}/") for slug in ("first", "second", "third")]
    assert [(answer.status_code, answer.headers.get("Location")) for answer in answers] == [
        (301, "/articles/third/"),
        (301, "/articles/third/"),
        (200, None),
    ]


def test_w9_a_slug_taken_back_does_not_lead_in_circles(client: Client) -> None:
    story = free_story(slug="tide")
    FormerSlug.objects.create(article=story, slug="tide")
    assert client.get("/articles/tide/").status_code == 200


def test_a_slug_another_story_has_now_shows_that_story(client: Client) -> None:
    FormerSlug.objects.create(article=ArticleFactory.create(slug="moved"), slug="tide")
    free_story(headline="The New Owner")
    assert words(page_of(client), "h1") == ["The New Owner"]


def test_related_stories_share_the_most_topics_and_none_stands_twice(client: Client) -> None:
    rail, water = TopicFactory.create(), TopicFactory.create()
    section = SectionFactory.create()
    free_story(section=section, topics=[rail, water])
    one = ArticleFactory.create(headline="One Shared", topics=[rail], published_at=NOW - timedelta(hours=1))
    both = ArticleFactory.create(
        headline="Both Shared", topics=[rail, water], published_at=NOW - timedelta(days=9), section=section
    )
    ArticleFactory.create(headline="None Shared")
    earlier = ArticleFactory.create(headline="Earlier", section=section, published_at=NOW - timedelta(days=2))
    later = ArticleFactory.create(headline="Later", section=section, published_at=NOW - timedelta(hours=1))
    page = page_of(client)
    assert words(page, ".onward__related h3") == [both.headline, one.headline]
    assert words(page, ".onward__after h3") == [earlier.headline, later.headline]


@pytest.mark.parametrize("count", [1, 30])
def test_a_visitors_page_takes_the_same_queries_beside_one_story_and_thirty(
    count: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    section, topic = SectionFactory.create(), TopicFactory.create()
    about = {"section": section, "topics": [topic]}
    ArticleFactory.create(slug="tide", authors=[AuthorFactory.create(), AuthorFactory.create()], **about)
    for _ in range(count):
        ArticleFactory.create(authors=[AuthorFactory.create()], section=section)
        ArticleFactory.create(authors=[AuthorFactory.create()], topics=[topic])
    with django_assert_num_queries(15):
        assert client.get("/articles/tide/").status_code == 200


class TestWall:
    def gate(self, access: str = Access.SUBSCRIBERS) -> None:
        ArticleFactory.create(slug="tide", access=access)
        for key, amount, interval in (("monthly", 900, "month"), ("yearly", 9000, "year")):
            price = {"amount": amount, "interval": interval}
            plan = Plan.objects.create(key=key, name=key.title(), stripe_price_id=f"price_{key}", **price)
            plan.prices.create(stripe_id=f"price_{key}", currency="usd", is_current=True, **price)

    def test_a_visitor_sees_the_plans_and_the_ways_in(self, readers: Readers) -> None:
        self.gate()
        wall = page_of(readers.visitor).select_one("#wall")
        assert wall is not None
        assert words(wall, ".plan__price") == ["$9 a month", "$90 a year"]
        links = [str(link["href"]) for link in wall.select("a")]
        assert links[-1] == "/accounts/login/?next=/articles/tide/"
        assert links[:-1] == [
            f"/subscribe/checkout/?plan={key}&currency=usd&next=%2Farticles%2Ftide%2F&wall=subscribe"
            for key in ("monthly", "yearly")
        ]
        assert wall.select("form") == []

    def test_a_registered_reader_can_subscribe_at_once(self, readers: Readers) -> None:
        self.gate()
        page = page_of(readers.registered)
        forms = page.select("#wall form")
        assert [(form["method"], form["action"]) for form in forms] == [("post", "/subscribe/checkout/")] * 2
        names = '[name="plan"], [name="next"], [name="wall"]'
        chosen = [[field["value"] for field in form.select(names)] for form in forms]
        assert chosen == [[key, "/articles/tide/", "subscribe"] for key in ("monthly", "yearly")]
        assert "Sign in" not in page.get_text()

    def test_a_registered_story_asks_for_an_account_and_no_money(self, readers: Readers) -> None:
        self.gate(Access.REGISTERED)
        wall = page_of(readers.visitor).select_one("#wall")
        assert wall is not None
        assert "$" not in wall.get_text()
        assert words(wall, "h2") == ["Read on with a free account"]
        assert wall.select_one(".button")["href"] == "/accounts/signup/?next=/articles/tide/"  # type: ignore[index]

    def test_a8_the_wall_is_a_labelled_region_announced_before_the_text(self, readers: Readers) -> None:
        self.gate()
        page = page_of(readers.visitor)
        wall = page.select_one("section#wall")
        assert wall is not None
        assert words(page, f"#{wall['aria-labelledby']}") == ["Read on with a subscription"]
        assert words(page, '.article__gate a[href="#wall"]') == ["This story is for subscribers."]
        assert page.select("[role=dialog], dialog, [inert]") == []

    def test_a8_no_level_of_heading_is_skipped(self, readers: Readers) -> None:
        self.gate()
        ArticleFactory.create(section=Article.objects.get().section)
        levels = [int(tag.name[1]) for tag in page_of(readers.visitor).find_all(re.compile("^h[1-6]$"))]
        assert levels[0] == 1
        assert max(after - before for before, after in pairwise(levels)) == 1

    def test_a8_the_opening_ends_at_a_sentence(self, readers: Readers) -> None:
        body = f"<p>One barge passed. {'Then another one came by the old sluice and waited. ' * 12}</p>" * 3
        ArticleFactory.create(slug="tide", body=body)
        assert words(page_of(readers.visitor), ".prose")[0].endswith("waited.")


def test_the_subscribe_call_is_for_those_who_do_not_subscribe(readers: Readers) -> None:
    free_story()
    calls = {
        name: words(page_of(getattr(readers, name)), ".masthead .button")
        for name in ("visitor", "registered", "subscriber")
    }
    assert calls == {"visitor": ["Subscribe"], "registered": ["Subscribe"], "subscriber": []}
