"""Turn plain-text wire copy into stories."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from articles.markup.wire import NotAStory, parse_wire
from articles.models import Section
from editorial.actions import CannotMove, CannotSave, Imported, import_wire


class Command(BaseCommand):
    help = "Import plain-text wire copy. A file imported again updates its story; a bad file imports nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--section", help="The section's slug; without it, the first section.")
        parser.add_argument("--publish", action="store_true", help="Submit, approve and publish at once.")
        parser.add_argument("--by", metavar="EMAIL", help="Import as this person, with just their rights.")

    def handle(self, *args: Any, **options: Any) -> None:
        section, by = self._section(options["section"]), self._person(options["by"])
        failed = 0
        for file in options["files"]:
            try:
                story = parse_wire(file.read_bytes(), name=str(file))
                done = import_wire(
                    story=story, section=section, publish=options["publish"], by=by, at=timezone.now()
                )
            except (NotAStory, CannotSave, CannotMove, OSError) as reason:
                failed += 1
                self.stderr.write(self.style.ERROR(_complaint(file, reason)))
            else:
                self.stdout.write(_report(file, done))
        if failed:
            raise CommandError(f"{failed} of {len(options['files'])} files not imported.")

    def _section(self, slug: str | None) -> Section:
        found = Section.objects.filter(slug=slug).first() if slug else Section.objects.first()
        if found is None:
            known = (
                ", ".join(Section.objects.values_list("slug", flat=True)) or "none yet: add one in the admin"
            )
            raise CommandError(f"No section {slug or 'at all'}. Sections: {known}.")
        return found

    def _person(self, email: str | None) -> User | None:
        if email is None:
            return None
        found = User.objects.filter(email__iexact=email, is_active=True, is_staff=True).first()
        if found is None:
            raise CommandError(f"Nobody at the desk has the address {email}.")
        return found


def _report(file: Path, done: Imported) -> str:
    verb = "new" if done.is_new else "updated" if done.is_changed else "unchanged"
    return (
        f"{file}: {verb}, {done.article.get_state_display()}: {done.article.headline} ({done.article.slug})"
    )


def _complaint(file: Path, reason: Exception) -> str:
    return str(reason) if isinstance(reason, NotAStory) else f"{file}: {reason}"
