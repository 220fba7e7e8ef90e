"""Load the sample publication."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo.newsroom import load_newsroom
from demo.readers import HalfLoaded, load_readers
from demo.shop import load_shop


class Command(BaseCommand):
    help = "Load the sample publication: newsroom, stories, plans and readers. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        added = load_newsroom(at=timezone.now())
        self.stdout.write(f"Stories added: {added}.")
        for line in load_shop(at=timezone.now()):
            self.stdout.write(line)
        try:
            load_readers(at=timezone.now())
        except HalfLoaded as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write("The sample publication is complete.")
