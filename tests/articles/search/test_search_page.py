"""The page of the search: what is found, for whom, and what is said when nothing is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils.http import urlencode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from articles.models import Access, AccessRule, Article, IndexedStory, State
from tests.articles.conftest import Readers
from tests.factories.articles import (
    FREE_TEXT,
    NOW,
    PAID_TEXT,
    ArticleFactory,
    AuthorFactory,
    SectionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Index = Callable[[], int]


def found(client: Client, q: str = "", **filters: str) -> list[str]:
    """The slugs of the stories on the page, in their order."""
    page = client.get("/search/", {"q": q, **filters})
    assert page.status_code == 200
    links = page.text.split('<h2 class="result__headline"><a href="/articles/')[1:]
    return [link.partition("/")[0] for link in links]


def test_words_are_found_in_any_form_phrases_together_and_exclusions_left_out(
    client: Client, index: Index
) -> None:
    ArticleFactory.create(slug="ferry", headline="Ferries Crossing", body="<p>The bell tower stood.</p>")
    ArticleFactory.create(slug="tower", headline="A Ferry", body="<p>The tower has a bell.</p>")
    assert index() == 2
    assert {*found(client, "ferry crossed")} == {"ferry"}
    assert {*found(client, "FERRIES")} == {"ferry", "tower"}
    assert found(client, '"bell tower"') == ["ferry"]
    assert found(client, "ferry -crossing") == ["tower"]
    assert found(client, "-crossing") == ["tower"]
    assert found(client, 'ferry -"bell tower"') == ["tower"]
    assert found(client, "ferry zeppelin") == []


def test_a_headline_weighs_more_than_a_mention_and_a_new_story_more_than_an_old(
    client: Client, index: Index
) -> None:
    old, older = NOW - timedelta(days=1), NOW - timedelta(days=8 * 365)
    ArticleFactory.create(slug="mention", body="<p>A lighthouse.</p>")
    ArticleFactory.create(slug="standfirst", standfirst="A lighthouse.", published_at=old)
    ArticleFactory.create(slug="headline", headline="Lighthouse", published_at=old)
    ArticleFactory.create(slug="archive", headline="Lighthouse", published_at=older)
    index()
    assert found(client, "lighthouse") == ["headline", "standfirst", "mention", "archive"]


def test_filters_narrow_and_go_with_words(client: Client, index: Index) -> None:
    money, ann = SectionFactory.create(slug="money"), AuthorFactory.create(slug="ann", name="Ann Ash")
    ArticleFactory.create(slug="one", section=money, authors=[ann], access=Access.FREE)
    ArticleFactory.create(slug="two", section=money, published_at=NOW - timedelta(days=400))
    ArticleFactory.create(slug="three", authors=[ann])
    index()
    assert found(client, section="money") == ["one", "two"]
    assert {*found(client, author="ann")} == {"one", "three"}
    assert found(client, "story", author="ann", section="money") == ["one"]
    assert found(client, access="free") == ["one"]
    assert found(client, since="2025-01-01", until="2025-12-31", section="money") == ["two"]
    assert found(client, "ash", section="money") == ["one"]
    assert {*found(client, "ash", section="nowhere", since="never")} == {"one", "three"}


def test_each_reader_finds_by_the_words_they_may_read(readers: Readers, index: Index) -> None:
    ArticleFactory.create(slug="paid", headline="Bells")
    ArticleFactory.create(slug="account", headline="Bells", access=Access.REGISTERED)
    ArticleFactory.create(slug="free", headline="Bells", access=Access.FREE)
    index()
    everything = {"paid", "account", "free"}
    for asked in ("lender", f'"{PAID_TEXT}"', "bells lender", "bells ledger tower"):
        assert {*found(readers.visitor, asked)} == {"free"}
        assert {*found(readers.registered, asked)} == {"account", "free"}
        assert {*found(readers.subscriber, asked)} == everything
    assert {*found(readers.visitor, "bells -lender")} == {"paid", "account"}  # they may not know why it fits
    for client in (readers.visitor, readers.registered, readers.subscriber):
        assert {*found(client, f'bells "{FREE_TEXT}"')} == everything


def test_passages_are_of_the_readers_own_text(readers: Readers, index: Index) -> None:
    ArticleFactory.create(slug="paid", headline="Barges")
    index()
    visitors, subscribers = (
        client.get("/search/", {"q": "barges"}).text for client in (readers.visitor, readers.subscriber)
    )
    assert "forty <mark>barges</mark> before noon." in visitors
    assert "ledger" not in visitors
    assert "Only the ledger in the tower names the lender." in subscribers


def test_a_stricter_ruling_holds_before_the_index_knows_of_it(readers: Readers, index: Index) -> None:
    story = ArticleFactory.create(slug="free", access="", section=SectionFactory.create(access=Access.FREE))
    index()
    assert found(readers.visitor, "lender") == ["free"]
    AccessRule.objects.create(name="All paid", section=story.section, access=Access.SUBSCRIBERS)
    assert found(readers.visitor, "lender") == []
    assert index() == 1
    assert found(readers.visitor, "lender") == []
    assert found(readers.visitor, "barges") == ["free"]
    assert found(readers.subscriber, "lender") == ["free"]
    assert IndexedStory.objects.get().access == Access.SUBSCRIBERS


@pytest.mark.parametrize(
    "hidden",
    [
        {"published_at": None, "state": State.UNPUBLISHED},
        {"embargo_until": NOW + timedelta(minutes=1)},
        {"unpublish_at": NOW},
    ],
)
def test_w5_what_is_hidden_again_is_gone_at_once_and_then_from_the_index(
    client: Client, index: Index, hidden: dict[str, object]
) -> None:
    story = ArticleFactory.create(slug="bell", headline="Bell")
    index()
    Article.objects.filter(pk=story.pk).update(**hidden)
    assert found(client, "bell") == []
    assert (index(), index(), IndexedStory.objects.count()) == (1, 0, 0)


def test_what_changed_is_indexed_again_and_found_by_its_new_words_alone(client: Client, index: Index) -> None:
    story = ArticleFactory.create(slug="bell", headline="Bell")
    index()
    fields = {"headline": "Gong", "changed_at": NOW, "published_at": NOW - timedelta(days=3)}
    Article.objects.filter(pk=story.pk).update(**fields)
    assert (index(), index()) == (1, 0)
    assert (found(client, "gong"), found(client, "bell")) == (["bell"], [])


def test_a_deleted_story_is_taken_out(client: Client, index: Index) -> None:
    story = ArticleFactory.create(headline="Bell")
    index()
    story.delete()
    assert (index(), IndexedStory.objects.count()) == (1, 0)


def test_stories_of_another_language_are_stemmed_by_its_rules(client: Client, index: Index) -> None:
    ArticleFactory.create(slug="hafen", headline="Die Häuser am Hafen", language="de")
    index()
    ArticleFactory.create(slug="houses", headline="Houses in the Harbour")
    index()
    assert found(client, "Haus des Hafens") == []
    assert found(client, "HAUS hafens") == ["hafen"]
    assert found(client, "house harbours") == ["houses"]


@pytest.mark.parametrize("stories", [1, 3])
def test_a_visitors_search_takes_the_same_queries_for_one_story_as_for_three(
    client: Client, index: Index, stories: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    section = SectionFactory.create()
    for _ in range(stories):
        ArticleFactory.create(headline="Bell", section=section, authors=[AuthorFactory.create()])
    index()
    found(client, "bell")
    expected = {"sqlite": 10, "postgresql": 13}[connection.vendor]
    with django_assert_num_queries(expected):
        assert len(found(client, "bell")) == stories


def test_pages_are_numbered_and_keep_the_question(client: Client, index: Index) -> None:
    section = SectionFactory.create(slug="money")
    for _ in range(12):
        ArticleFactory.create(headline="Bell", section=section)
    index()
    first, second = (client.get(f"/search/?q=bell&section=money{more}").text for more in ("", "&page=2"))
    assert 'href="?q=bell&amp;section=money&amp;page=2"' in first
    assert "12 stories" in first
    assert (first.count('class="result"'), second.count('class="result"')) == (10, 2)
    assert len(found(client, "bell", page="99")) == 2


def test_a_visitors_results_may_be_kept_a_minute_and_a_readers_nowhere(
    readers: Readers, index: Index
) -> None:
    visitors = readers.visitor.get("/search/", {"q": "bell"})
    assert visitors["Cache-Control"] == "public, max-age=60"
    assert visitors["X-Robots-Tag"] == "noindex"
    assert not visitors.cookies
    assert readers.subscriber.get("/search/")["Cache-Control"] == "private, no-store"


def test_nothing_found_says_what_else_to_try(client: Client, index: Index) -> None:
    page = client.get("/search/", {"q": "<b>zeppelin</b> ferry", "access": "free"}).text
    assert "Nothing was found" in page
    assert "<b>zeppelin" not in page
    assert '<a href="/search/?q=ferry">Only “ferry”</a>' in page


def test_marked_texts_are_escaped(client: Client, index: Index) -> None:
    ArticleFactory.create(
        headline="<script>bell</script>", access=Access.FREE, body="<p>a &lt;img onerror=bell&gt; b</p>"
    )
    index()
    page = client.get("/search/", {"q": "bell script"}).text
    assert "&lt;<mark>script</mark>&gt;<mark>bell</mark>&lt;/<mark>script</mark>&gt;" in page
    assert "&lt;img onerror=<mark>bell</mark>&gt;" in page
    assert "<script>" not in page


SIGNS = st.text(alphabet=st.sampled_from("\"'*^-+:(){}[]&|!~<>\\/%_.,;? \0\tañ鐘בκ🔔ANDORNEAR"), max_size=300)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.one_of(SIGNS, st.text(max_size=400)), other=st.text(max_size=20))
def test_any_input_gets_an_answer(client: Client, index: Index, q: str, other: str) -> None:
    """The whole site answers 400 to an address with a NUL in it."""
    asked = {"q": q, "section": other, "since": other, "page": other, "access": other}
    asked = {name: value.encode("utf-8", "replace").decode() for name, value in asked.items()}
    expected = 400 if "\0" in q + other else 200
    assert client.get(f"/search/?{urlencode(asked)}").status_code == expected


def test_words_that_were_withheld_find_nothing_even_before_they_leave_the_index(
    client: Client, index: Index
) -> None:
    story = ArticleFactory.create(slug="short", body=f"<p>{FREE_TEXT}</p><p>{PAID_TEXT}</p>")
    index()
    word = PAID_TEXT.split()[-1].strip(".")
    assert found(client, word) == ["short"]
    withheld = f'<p>{FREE_TEXT}</p><hr class="paywall"><p>{PAID_TEXT}</p>'
    Article.objects.filter(pk=story.pk).update(body=withheld, version=2, public_version=2)
    cache.clear()
    assert found(client, word) == []


def test_a_story_whose_time_has_come_is_indexed_once(index: Index) -> None:
    due_at = NOW - timedelta(hours=1)
    ArticleFactory.create(state=State.SCHEDULED, scheduled_for=due_at, public_version=None)
    assert [index(), index()] == [1, 0]
