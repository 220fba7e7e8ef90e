"""`manage.py draw_workflow`: write the table of the desk down for the docs."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from editorial.diagram import draw_workflow

PAGE = Path(__file__).resolve().parents[3] / "docs" / "workflow.md"


class Command(BaseCommand):
    help = "Writes docs/workflow.md from editorial/workflow.py."

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(draw_workflow(), encoding="utf-8")
        self.stdout.write("Wrote docs/workflow.md.")
