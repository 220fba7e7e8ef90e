"""How the search answers with 1,000 and with 100,000 stories of 400 words: `python -m benchmarks.search`.

Another number than 100,000 may follow. On a throw-away SQLite database, and on PostgreSQL: DATABASE_URL's
server, or a private one. Prints the fastest of many first pages, for a visitor and for a subscriber (the
fastest, as the two numbers are measured minutes apart, and other work comes and goes), and the ratio large to
small. The index is filled with the stories' own words, past reading them from their markup;
what is measured is the site's own page.
"""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers import database_url

if TYPE_CHECKING:
    from django.test import Client

    from articles.models import Article, IndexedStory, Section
    from articles.search.documents import Document

SMALL = 1_000
LARGE = next((int(word) for word in sys.argv[1:] if word.isdigit()), 100_000)
REPETITIONS = 25
WORDS, FREE_WORDS = 400, 120
CHUNK = 1_000
SECTIONS, AUTHORS = 8, 40
NEWEST = datetime(2026, 7, 1, 12, tzinfo=UTC)
BETWEEN = timedelta(hours=2)
# In how large a share of the stories a word stands, and which.
SHARES = {
    "everywhere": 0.95,
    "quayside": 0.95,
    "harbour": 0.3,
    "tower": 0.1,
    "lantern": 0.02,
    "astrolabe": 0.001,
}
SEARCHES = {
    "in nearly all": "q=everywhere",
    "in 30 %": "q=harbour",
    "in 10 %": "q=tower",
    "in 2 %": "q=lantern",
    "in 0.1 %": "q=astrolabe",
    "in none": "q=zeppelin",
    "two common words": "q=everywhere+harbour",
    "common and rare": "q=everywhere+astrolabe",
    "phrase, common": "q=%22old+ferry%22",
    "phrase, rare, of common words": "q=%22quayside+everywhere%22",
    "without a common word": "q=harbour+-everywhere",
    "section and common": "q=everywhere&section=section-3",
    "author and common": "q=everywhere&author=author-7",
    "author, section, 2 %": "q=lantern&author=author-7&section=section-7",
    "access and common": "q=everywhere&access=free",
    "one year and common": "q=everywhere&since=2025-01-01&until=2025-12-31",
    "until a year and 2 %": "q=lantern&until=2025-12-31",
    "section alone": "section=section-3",
}


def main() -> None:
    run("SQLite, embedded", {name: value for name, value in os.environ.items() if name != "DATABASE_URL"})
    with database_url() as url:
        run("PostgreSQL", {**os.environ, "DATABASE_URL": url})


def run(name: str, environment: dict[str, str]) -> None:
    """Measure in a process of its own: its database is chosen as it starts."""
    print(f"== {name}: fastest of {REPETITIONS} first pages in milliseconds", flush=True)
    command = [sys.executable, "-m", "benchmarks.search", "measure", str(LARGE)]
    subprocess.run(command, cwd=Path(__file__).parent.parent, env=environment, check=True)


def measure() -> None:
    """In a database that is made for this, and dropped after it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment(debug=False)
    made = setup_databases(verbosity=0, interactive=False)
    try:
        compare()
    finally:
        teardown_databases(made, verbosity=0)


def compare() -> None:
    small, large = times_with(SMALL, done=0), times_with(LARGE, done=SMALL)
    print(f"{'':42}{SMALL:>10,}{LARGE:>10,}{'ratio':>7}")
    for search, taken in small.items():
        print(f"{search:42}{taken:10.1f}{large[search]:10.1f}{large[search] / taken:7.2f}", flush=True)
    print(f"the largest ratio: {max(large[search] / taken for search, taken in small.items()):.2f}")


def times_with(number: int, *, done: int) -> dict[str, float]:
    """Fill up to so many stories, older and older, and search."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    from tests.factories.accounts import UserFactory

    started = time.perf_counter()
    for first in range(done, number, CHUNK):
        add_stories(range(first, min(first + CHUNK, number)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    cache.clear()
    print(f"filled up to {number:,} in {time.perf_counter() - started:.0f} s", flush=True)
    subscriber = Client()
    subscriber.force_login(UserFactory.create(is_staff=True))
    readers = {"visitor": Client(), "subscriber": subscriber}
    return {
        f"{search} ({name})": fastest_of(client, query)
        for search, query in SEARCHES.items()
        for name, client in readers.items()
    }


def fastest_of(client: "Client", query: str) -> float:
    taken = []
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        answer = client.get(f"/search/?{query}")
        taken.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{query} answered {answer.status_code}")
    return min(taken)


def add_stories(numbers: range) -> None:
    """Stories with their rows, and what the index keeps of them."""
    from django.db import transaction

    from articles.models import Article, Author, Byline, IndexedStory, Section
    from articles.search.engines import current_engine

    if not Section.objects.exists():
        Section.objects.bulk_create(Section(name=f"S{n}", slug=f"section-{n}") for n in range(SECTIONS))
        Author.objects.bulk_create(Author(name=f"Author {n}", slug=f"author-{n}") for n in range(AUTHORS))
    sections, authors = list(Section.objects.order_by("pk")), list(Author.objects.order_by("pk"))
    texts = [text_of(number) for number in numbers]
    rows = [story(number, text, sections) for number, text in zip(numbers, texts, strict=True)]
    with transaction.atomic():
        stories = Article.objects.bulk_create(rows)
        bylines = [
            Byline(article=row, author=authors[n % AUTHORS]) for n, row in zip(numbers, stories, strict=True)
        ]
        Byline.objects.bulk_create(bylines)
        IndexedStory.objects.bulk_create(indexed(row) for row in stories)
        found = (
            documents(row, by.author_id, text) for row, by, text in zip(stories, bylines, texts, strict=True)
        )
        current_engine().put([document for each in found for document in each])


def text_of(number: int) -> list[str]:
    """Invented words, some frequent and most not, as in any language."""
    chance = random.Random(number)  # noqa: S311 (a text, no secret)
    words = [f"w{int(20_000 ** chance.random())}x" for _ in range(WORDS)]
    for at, (word, share) in enumerate(SHARES.items()):
        if chance.random() < share:
            words[at * 7] = word
    if chance.random() < 0.3:
        words[60:62] = ["old", "ferry"]
    if number % 2_000 == 500:
        words[70:72] = ["quayside", "everywhere"]
    return words


def story(number: int, words: list[str], sections: "list[Section]") -> "Article":
    from articles.models import Access, Article, State

    published_at = NEWEST - number * BETWEEN
    free, paid = " ".join(words[:FREE_WORDS]), " ".join(words[FREE_WORDS:])
    return Article(
        headline=" ".join(words[:6]),
        slug=f"story-{number}",
        standfirst=" ".join(words[6:20]),
        body=f'<p>{free}.</p><hr class="paywall"><p>{paid}.</p>',
        section=sections[number % SECTIONS],
        access=Access.FREE if number % 10 == 0 else Access.SUBSCRIBERS,
        state=State.PUBLISHED,
        version=1,
        public_version=1,
        published_at=published_at,
        first_published_at=published_at,
        created_at=published_at,
        changed_at=published_at,
        word_count=WORDS,
    )


def indexed(row: "Article") -> "IndexedStory":
    from articles.models import IndexedStory

    assert row.published_at is not None
    return IndexedStory(
        article=row,
        access=row.access,
        language=row.language,
        published_at=row.published_at,
        changed_at=row.changed_at,
        public_version=row.public_version,
        looked_at=row.changed_at,
    )


def documents(row: "Article", author: int, words: list[str]) -> "list[Document]":
    from articles.models import Access
    from articles.search.documents import Document, document_ids
    from articles.search.words import stem

    assert row.published_at is not None
    known = tuple(stem(word, "en") for word in words)
    everyone, subscribers = ("for:visitor", "for:registered"), ("for:subscriber",)
    parts: list[tuple[tuple[str, ...], tuple[str, ...]]]
    if row.access == Access.FREE:
        parts = [((*everyone, *subscribers), known)]
    else:
        parts = [(everyone, known[:FREE_WORDS]), (subscribers, known)]
    return [
        Document(
            id=id,
            story=row.pk,
            published_at=row.published_at,
            facets=(*audience, f"section:{row.section_id}", f"access:{row.access}", f"author:{author}"),
            headline=known[:6],
            around=(known[6:20],),
            text=text,
        )
        for id, (audience, text) in zip(document_ids(row.pk, row.published_at), parts, strict=False)
    ]


if __name__ == "__main__":
    measure() if "measure" in sys.argv else main()
