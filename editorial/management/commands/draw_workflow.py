"""`manage.py draw_workflow`: write the table of the desk down for the docs."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from editorial.diagram import draw_workflow


class Command(BaseCommand):
    help = "Writes docs/workflow.md from editorial/workflow.py."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "workflow.md").write_text(draw_workflow(), encoding="utf-8")
        self.stdout.write("Wrote docs/workflow.md.")
