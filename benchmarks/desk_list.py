"""How the list of stories opens with 1,000 and with 100,000 of them: `python -m benchmarks.desk_list`.

On a throw-away SQLite database, and on PostgreSQL: DATABASE_URL's server, or a private one. Prints the median
of many openings for an editor and for a writer, a few of its filters, and the ratio large to small.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.servers import database_url

SMALL, LARGE = 1_000, 100_000
REPETITIONS = 20
PAGES = {
    "the list": "",
    "drafts": "?state__exact=draft",
    "overdue": "?due=overdue",
    "waiting for me": "?pile=waiting",
    "by headline": "?o=1",
    "searched": "?q=ferry+777",
}
Medians = tuple[float, float]
SLOW = ("by headline", "searched")
"""They read every story and are here to be known, not to be compared; measured less often."""


def main() -> None:
    run("SQLite, embedded", {name: value for name, value in os.environ.items() if name != "DATABASE_URL"})
    with database_url() as url:
        run("PostgreSQL", {**os.environ, "DATABASE_URL": url})


def run(name: str, environment: dict[str, str]) -> None:
    """Measure in a process of its own: its database is chosen as it starts."""
    print(f"== {name}: median of {REPETITIONS} openings in milliseconds", flush=True)
    command = [sys.executable, "-m", "benchmarks.desk_list", "measure"]
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
    small, large = times_with(SMALL), times_with(LARGE)
    print(f"{'':26}{SMALL:>10,}{LARGE:>10,}{'ratio':>7}   of it in the database")
    for page, (whole, within) in small.items():
        whole_large, within_large = large[page]
        whole_part = f"{page:26}{whole:10.1f}{whole_large:10.1f}{whole_large / whole:7.2f}"
        print(f"{whole_part}   {within:8.2f}{within_large:10.2f}", flush=True)


def times_with(number: int) -> dict[str, Medians]:
    """Fill the desk up to so many stories and open each page many times."""
    from django.db import connection

    from accounts.roles import EDITOR, WRITER
    from articles.models import Article, State
    from tests.factories.desk import person, section
    from tests.factories.planning import ON_ITS_WAY, stack

    Article.objects.all().delete()
    in_work = 500
    stack(in_work, section(), states=ON_ITS_WAY, by=person(WRITER), assignee=person(EDITOR))
    stack(number - in_work, section("archive"), states=(State.PUBLISHED,), first=in_work)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        f"{page} ({role.lower()})": median_of(person(role), query, 3 if page in SLOW else REPETITIONS)
        for role in (EDITOR, WRITER)
        for page, query in PAGES.items()
    }


def median_of(user: object, query: str, repetitions: int) -> Medians:
    """How long opening takes, and how long of it the database works."""
    from django.db import connection
    from django.test import Client

    client, within = Client(), Stopwatch()
    client.force_login(user)  # type: ignore[arg-type]  # a user, known only after `django.setup`
    taken = []
    for _ in range(repetitions + 2):
        within.seconds, started = 0.0, time.perf_counter()
        with connection.execute_wrapper(within):
            answer = client.get(f"/admin/articles/article/{query}")
        taken.append(((time.perf_counter() - started) * 1000, within.seconds * 1000))
        if answer.status_code != 200:
            raise SystemExit(f"{query} answered {answer.status_code}")
    whole, database = zip(*taken[2:], strict=True)  # the first ones fill caches
    return statistics.median(whole), statistics.median(database)


class Stopwatch:
    """Adds up the time that queries take."""

    seconds = 0.0

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*query)
        finally:
            self.seconds += time.perf_counter() - started


if __name__ == "__main__":
    measure() if "measure" in sys.argv else main()
