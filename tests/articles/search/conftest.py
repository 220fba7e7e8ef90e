"""An empty index, which each test fills by the action that fills the real one."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from articles.actions.search_index import index_stories
from articles.search.engines import current_engine
from tests.factories.articles import NOW


@pytest.fixture
def index(db: None) -> Callable[[], int]:
    cache.clear()
    current_engine().clear()
    return lambda: index_stories(at=NOW)
