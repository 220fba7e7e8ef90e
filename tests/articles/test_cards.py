"""The social card of a story."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from articles import cards
from articles.cards import HEIGHT, KEPT_SECONDS, WIDTH, Card, card_image, card_of, card_path, draw
from articles.models import Article, FormerSlug
from tests.factories.articles import NOW, ArticleFactory, AuthorFactory, PictureFactory, draw_file

PLAIN = Card(
    headline="The Tide Turns",
    publication="The Quay",
    section="Science",
    standfirst="Twice a day.",
    line="By Ann Orley · July 3, 2026",
    accent="#8a1c1c",
    lang="en",
    picture="",
)


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def opened(png: bytes) -> "Image.Image":
    return Image.open(BytesIO(png)).convert("RGB")


def ink_in(image: "Image.Image", box: tuple[int, int, int, int]) -> bool:
    """Whether something is drawn on the paper within the box."""
    part = image.crop(box)
    paper = Image.new("RGB", part.size, image.getpixel((1195, 625)))
    return (
        ImageChops.difference(part, paper).convert("L").point(lambda value: 255 * (value > 40)).getbbox()
        is not None
    )


def test_a_card_is_a_png_of_the_size_that_networks_ask_for() -> None:
    image = Image.open(BytesIO(draw(PLAIN)))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT)) == ("PNG", (1200, 630))
    assert opened(draw(PLAIN)).getpixel((600, 4)) == (0x8A, 0x1C, 0x1C)


SIGNS = st.text(
    st.sampled_from("ab #$[]*_`\\\"'<>@=-~/{}()\u200f\u0645\u0631東京é\x00\ud800\U0001f600"), max_size=200
)


@given(headline=SIGNS)
@example(headline='#import "@preview/x:1.0.0": *; #panic("x") $x$ [*b*] <label> @ref `raw` // no /* comment')
@example(headline="Donaudampfschifffahrtsgesellschaft" * 6)
@example(headline="東京の運河" * 40)
@example(headline="القناة التي وعدت بها حكومتان " * 6)
@example(headline="")
@settings(max_examples=15)
def test_no_headline_breaks_the_card_or_runs_out_of_its_column(headline: str) -> None:
    shown = cards._shown(headline)
    image = opened(draw(replace(PLAIN, headline=shown, standfirst=shown)))
    assert image.size == (WIDTH, HEIGHT)
    assert not ink_in(image, (1150, 20, 1200, 630))


def test_a_text_is_shown_as_it_stands_and_is_no_markup() -> None:
    sums = replace(PLAIN, headline="#(1 + 1)", standfirst="")
    assert draw(sums) != draw(replace(sums, headline="2"))
    assert draw(replace(sums, headline="*x*")) != draw(replace(sums, headline="x"))


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
class TestAddress:
    def story(self, **fields: Any) -> Article:
        story: Article = ArticleFactory.create(**{"slug": "tide", "headline": "The Tide Turns", **fields})
        return story

    def test_it_may_be_kept_as_its_address_changes_with_it(self, client: Client) -> None:
        answer = client.get(card_path(self.story()))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert answer["Cache-Control"] == "public, max-age=31536000, s-maxage=60"
        assert (answer.cookies, answer.get("Vary")) == ({}, None)
        again = client.get(card_path(Article.objects.get()), headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304

    @pytest.mark.parametrize(
        "change", [{"headline": "Slack"}, {"standfirst": "Once."}, {"published_at": NOW - timedelta(days=3)}]
    )
    def test_a_change_of_what_it_shows_changes_its_address(self, change: dict[str, Any]) -> None:
        before = card_path(self.story(slug="one"))
        assert card_of(Article.objects.get()).digest in before
        after = card_of(self.story(**{"first_published_at": None, **change}))
        assert after.digest not in before

    def test_a_change_of_the_text_alone_does_not(self) -> None:
        before, after = (
            self.story(slug="one", standfirst=""),
            self.story(slug="two", standfirst="", body="<p>x</p>"),
        )
        shown = [replace(card_of(story), section="") for story in (before, after)]
        assert shown[0] == shown[1]

    def test_another_digest_and_a_former_address_lead_to_it(self, client: Client) -> None:
        story = self.story()
        FormerSlug.objects.create(article=story, slug="older")
        digest = card_of(story).digest
        for path in ("/cards/tide-0000.png", f"/cards/older-{digest}.png"):
            answer = client.get(path)
            assert (answer.status_code, answer["Location"]) == (302, card_path(story))

    @pytest.mark.parametrize(
        "hidden",
        [{"embargo_until": NOW + timedelta(minutes=1)}, {"published_at": None, "state": "draft"}],
        ids=["embargo", "draft"],
    )
    def test_w5_there_is_none_of_a_hidden_story(self, client: Client, hidden: dict[str, Any]) -> None:
        story = self.story(**hidden)
        cache.set(f"card:{card_of(story).digest}", draw(card_of(story)), KEPT_SECONDS)
        for path in (card_path(story), "/cards/tide-0000.png", "/cards/never-0000.png"):
            assert client.get(path).status_code == 404

    def test_w7_it_goes_with_its_story(self, client: Client) -> None:
        story = self.story()
        assert client.get(card_path(story)).status_code == 200
        Article.objects.update(published_at=None, state="killed")
        assert client.get(card_path(story)).status_code == 404

    def test_its_address_stands_in_the_page_with_its_size(self, client: Client) -> None:
        story = self.story()
        page = BeautifulSoup(client.get("/articles/tide/").content, "html.parser")
        told = {str(tag["property"]): tag["content"] for tag in page.select('meta[property^="og:image"]')}
        assert told == {
            "og:image": f"http://127.0.0.1:8000{card_path(story)}",
            "og:image:type": "image/png",
            "og:image:width": "1200",
            "og:image:height": "630",
            "og:image:alt": "Executive Intelligence Review: The Tide Turns",
        }

    def test_it_names_the_authors_or_else_the_place(self) -> None:
        names = [AuthorFactory.create(name=name) for name in ("Zora Quill", "Abel Marsh")]
        assert card_of(self.story(authors=names)).line == "By Zora Quill and Abel Marsh · July 3, 2026"
        assert card_of(self.story(slug="b", dateline_place="Vastholm")).line == "Vastholm · July 3, 2026"


@pytest.mark.django_db
def test_the_lead_picture_stands_at_its_side(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "quay.png").write_bytes(draw_file().read())
    with_picture = opened(draw(replace(PLAIN, picture="quay.png")))
    red = with_picture.getchannel("R").getpixel((1100, 300))
    assert red == pytest.approx(0x48, abs=12)
    assert draw(replace(PLAIN, picture="lost.png")) == draw(PLAIN)
    story = ArticleFactory.create(lead_picture=PictureFactory.create(file="quay.png"))
    assert card_of(story).picture == "quay.png"


def test_a_card_is_made_once_however_many_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Card] = []

    def counted(card: Card) -> bytes:
        made.append(card)
        return draw(card)

    monkeypatch.setattr(cards, "draw", counted)
    with ThreadPoolExecutor(8) as pool:
        images = set(pool.map(card_image, [PLAIN] * 16))
    assert (len(images), made) == (1, [PLAIN])
