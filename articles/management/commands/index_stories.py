"""Bring the index of the search up to date, or make it anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.actions.search_index import index_stories, mark_all_due
from articles.search.engines import SearchUnavailable


class Command(BaseCommand):
    help = (
        "Index all stories the search does not know as they are. Stopped, it goes on where it was when run "
        "again without --all; so does the task that runs every minute."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="index every story anew: for a new engine")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            mark_all_due()
        total = 0
        try:
            while done := index_stories(at=timezone.now()):
                total += done
                self.stdout.write(f"{total} stories indexed")
        except SearchUnavailable as error:
            raise CommandError(f"{error} Go on without --all.") from error
        self.stdout.write("The index is up to date.")
