"""What stands at the address of a story that was taken down (rule W7)."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import Article, FormerSlug
from editorial.actions import kill_article, revive_article, unpublish_article
from tests.articles.conftest import Readers
from tests.factories.articles import (
    NOW,
    PAID_TEXT,
    ArticleFactory,
    PageFactory,
    PictureFactory,
    SectionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NOTICE = "We took this story down: <b>two</b> quotations could not be verified."
PATH = "/articles/bell/"


@pytest.fixture
def story() -> Article:
    section = SectionFactory.create(name="Money", slug="money")
    picture = PictureFactory.create(alt="The harbour master")
    made: Article = ArticleFactory.create(
        slug="bell", headline="The Bell Was Sold", section=section, lead_picture=picture
    )
    FormerSlug.objects.create(article=made, slug="old-bell")
    return made


def kill(story: Article, notice: str = NOTICE) -> None:
    kill_article(article=story, by=None, at=NOW, reason="Our lawyers say so.", notice=notice)


def main_of(client: Client, path: str = PATH) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 410
    found = BeautifulSoup(answer.content, "html.parser").main
    assert found is not None
    return BeautifulSoup(str(found), "html.parser")


def test_a_killed_story_leaves_its_notice_and_nothing_of_itself(client: Client, story: Article) -> None:
    kill(story)
    page = main_of(client)
    assert [tag.get_text() for tag in page.select("h1, .panel p")] == [
        "The story at this address has been withdrawn",
        NOTICE,
    ]
    whole = client.get(PATH).text
    kept_back = ("Bell Was Sold", story.standfirst, PAID_TEXT, "harbour master", "Our lawyers", "og:title")
    assert [words for words in kept_back if words in whole] == []


def test_it_leads_on_to_the_section_and_the_front_page(client: Client, story: Article) -> None:
    kill(story)
    links = [tag["href"] for tag in main_of(client).select("a")]
    assert links[:3] == ["/sections/money/", "/", "/corrections/"]


def test_its_former_addresses_say_the_same_in_one_step(client: Client, story: Article) -> None:
    kill(story)
    assert str(main_of(client, "/articles/old-bell/")) == str(main_of(client))


def test_an_unpublished_story_has_no_notice(client: Client, story: Article) -> None:
    unpublish_article(article=story, by=None, at=NOW, reason="A duplicate of another one.")
    page = main_of(client)
    assert page.select(".panel") == []
    assert "duplicate" not in page.get_text()


def test_w7_caches_forget_it_within_a_minute(client: Client, story: Article) -> None:
    before = client.get(PATH)
    assert before["Cache-Control"] == "public, max-age=60"
    kill(story)
    answer = client.get(PATH, headers={"if-none-match": before["ETag"]})
    assert (answer.status_code, answer["Cache-Control"]) == (410, "public, max-age=60")
    assert ("Last-Modified" in answer, dict(answer.cookies)) == (False, {})


def test_search_engines_are_told_to_forget_it(client: Client, story: Article) -> None:
    kill(story)
    page = BeautifulSoup(client.get(PATH).content, "html.parser")
    assert [tag["content"] for tag in page.select('meta[name="robots"]')] == ["noindex"]
    assert page.select('link[rel="canonical"], script[type="application/ld+json"]') == []


def test_a_head_request_gets_the_same_answer(client: Client, story: Article) -> None:
    kill(story)
    answer = client.head(PATH)
    assert (answer.status_code, answer["Cache-Control"], answer.content) == (410, "public, max-age=60", b"")


def test_whoever_is_signed_in_gets_it_too(readers: Readers, story: Article) -> None:
    kill(story)
    answer = readers.subscriber.get(PATH)
    assert (answer.status_code, answer["Cache-Control"]) == (410, "private, no-store")
    assert PAID_TEXT not in answer.text


def test_a_revived_story_stays_withdrawn_until_it_is_published_again(client: Client, story: Article) -> None:
    kill(story)
    revive_article(article=story, by=None, at=NOW, reason="The quotations were verified.")
    assert main_of(client).select(".panel") == []


def test_a_withdrawn_story_gives_its_address_to_no_standing_page(client: Client, story: Article) -> None:
    PageFactory.create(slug="bell")
    kill(story)
    assert client.get(PATH).status_code == 410


def test_the_page_takes_few_queries(
    client: Client, story: Article, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kill(story)
    with django_assert_num_queries(6):
        client.get(PATH)
