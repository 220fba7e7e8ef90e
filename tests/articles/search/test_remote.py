"""OpenSearch and Elasticsearch by SEARCH_URL, against a small server that speaks as they do."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from articles.actions.search_index import index_stories
from articles.models import Access, IndexedStory
from articles.search.engines import SearchUnavailable
from tests.articles.conftest import Readers
from tests.articles.search.small_engine import SmallEngine, running_engine
from tests.articles.search.test_search_page import found
from tests.factories.articles import NOW, PAID_TEXT, ArticleFactory, SectionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Index = Callable[[], int]


@pytest.fixture
def engine(settings: Any) -> Iterator[SmallEngine]:
    cache.clear()
    with running_engine() as running:
        settings.SEARCH_URL = running.address
        yield running


def index() -> int:
    return index_stories(at=NOW)


def test_words_phrases_exclusions_and_filters(readers: Readers, engine: SmallEngine) -> None:
    money, client = SectionFactory.create(slug="money"), readers.visitor
    ArticleFactory.create(slug="ferry", headline="Ferries Crossing", body="<p>The bell tower stood.</p>")
    ArticleFactory.create(
        slug="tower", headline="A Ferry", body="<p>The tower has a bell.</p>", section=money
    )
    assert index() == 2
    assert {*found(client, "ferry")} == {"ferry", "tower"}
    assert found(client, '"bell tower"') == ["ferry"]
    assert found(client, "ferry -crossing") == ["tower"]
    assert found(client, section="money") == ["tower"]
    assert found(client, "ferry", until="2020-01-01") == []
    assert found(client, "zeppelin") == []


def test_typing_errors_are_forgiven(readers: Readers, engine: SmallEngine) -> None:
    ArticleFactory.create(slug="light", headline="The Lighthouse")
    index()
    assert found(readers.visitor, "lighthuose") == ["light"]


def test_headlines_weigh_more(readers: Readers, engine: SmallEngine) -> None:
    ArticleFactory.create(slug="mention", body="<p>A lighthouse.</p>")
    ArticleFactory.create(slug="headline", headline="Lighthouse", published_at=NOW - timedelta(days=1))
    index()
    assert found(readers.visitor, "lighthouse") == ["headline", "mention"]


def test_each_reader_finds_by_the_words_they_may_read(readers: Readers, engine: SmallEngine) -> None:
    ArticleFactory.create(slug="paid")
    ArticleFactory.create(slug="account", access=Access.REGISTERED)
    index()
    for asked in ("lender", f'"{PAID_TEXT}"'):
        assert found(readers.visitor, asked) == []
        assert found(readers.registered, asked) == ["account"]
        assert {*found(readers.subscriber, asked)} == {"account", "paid"}


def test_what_is_gone_is_taken_out(readers: Readers, engine: SmallEngine) -> None:
    story = ArticleFactory.create(slug="bell", headline="Bell")
    index()
    assert len(engine.rows) == 2
    story.delete()
    assert (index(), engine.rows) == (1, {})


def test_an_engine_that_fails_is_a_sentence_on_the_page_and_the_stories_stay_due(
    readers: Readers, engine: SmallEngine
) -> None:
    ArticleFactory.create(headline="Bell")
    engine.status = 503
    page = readers.visitor.get("/search/", {"q": "bell"})
    assert page.status_code == 503
    assert "The search does not answer at the moment." in page.text
    with pytest.raises(SearchUnavailable):
        index()
    with pytest.raises(CommandError, match="Go on without --all"):
        call_command("index_stories", "--all", stdout=StringIO())
    assert not IndexedStory.objects.exists()
    engine.status = 0
    call_command("index_stories", stdout=StringIO())
    assert IndexedStory.objects.count() == 1


def test_all_is_written_anew_into_another_engine(readers: Readers, engine: SmallEngine) -> None:
    ArticleFactory.create(slug="bell", headline="Bell")
    index()
    engine.mapping, engine.rows = None, {}
    assert (found(readers.visitor, "bell"), index()) == ([], 0)
    call_command("index_stories", "--all", stdout=StringIO())
    assert found(readers.visitor, "bell") == ["bell"]
