"""Load the sample publication."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from demo.newsroom import load_newsroom
from demo.readers import load_plans, load_readers


class Command(BaseCommand):
    help = "Load the sample publication: newsroom, stories, plans and readers. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        added = load_newsroom(at=timezone.now())
        self.stdout.write(f"Stories added: {added}.")
        for line in load_plans():
            self.stdout.write(line)
        load_readers(at=timezone.now())
        self.stdout.write("The sample publication is complete.")
