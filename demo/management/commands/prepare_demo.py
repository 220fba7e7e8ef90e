"""Everything the demo needs before the site starts, in one process."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate, collect static files, put the plans on sale and load the sample publication."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
        call_command("collectstatic", interactive=False, verbosity=1, stdout=self.stdout)
        call_command("load_sample", stdout=self.stdout)
