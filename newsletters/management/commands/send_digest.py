"""`manage.py send_digest`: send a letter now, in the foreground."""

import signal
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsletters.actions import (
    CannotSend,
    compile_edition,
    deliver_batch,
    fix_recipients,
    mark_lost_claims,
    start_sending,
)
from newsletters.models import Delivery, Edition, Newsletter
from newsletters.queries import audience_size, newsroom_date, state_counts
from newsletters.tasks import worker_name

BATCH_SIZE = 20


class Command(BaseCommand):
    is_stopped = False
    help = "Compiles the edition unless an editor did, and sends it. Ctrl-C stops; the next call goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--newsletter", default="weekly", help="its slug")
        parser.add_argument("--date", type=date.fromisoformat, help="the edition's day; today if left out")
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent, and to how many")
        parser.add_argument(
            "--yes-even-if-stale", action="store_true", help="send an overdue or held edition"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        newsletter = Newsletter.objects.filter(slug=options["newsletter"]).first()
        if newsletter is None:
            raise CommandError(f"There is no newsletter {options['newsletter']!r}.")
        day = options["date"] or newsroom_date(now)
        edition = compile_edition(newsletter=newsletter, date=day, by=None, at=now)
        if options["dry_run"]:
            self._describe(edition)
            return
        try:
            start_sending(edition=edition, by=None, at=now, even_if_stale=options["yes_even_if_stale"])
        except CannotSend as reason:
            raise CommandError(str(reason)) from reason
        self._send(edition)

    def _describe(self, edition: Edition) -> None:
        for number, place in enumerate(edition.places.select_related("article"), 1):
            self.stdout.write(f"{number:3}  {place.article.headline}")
        for variant, size in audience_size(edition.newsletter, at=timezone.now()).items():
            self.stdout.write(f"{size:9,}  {variant}")

    def _send(self, edition: Edition) -> None:
        if edition.state == Edition.State.HELD:
            raise CommandError(
                f"{edition} is held: {edition.held_because} Use --yes-even-if-stale to send it."
            )
        if edition.state == Edition.State.SENDING:
            mark_lost_claims(at=timezone.now())
            fix_recipients(edition=edition, at=timezone.now())
        # Ctrl-C waits for the message that has begun, so that none becomes unknown.
        former = signal.signal(signal.SIGINT, self._stop)
        try:
            self._send_batches(edition)
        finally:
            signal.signal(signal.SIGINT, former)
        self._report(edition)

    def _stop(self, *args: Any) -> None:
        self.is_stopped = True
        self.stdout.write("Stopping. Call it again to go on.")

    def _send_batches(self, edition: Edition) -> None:
        while not self.is_stopped:
            batch = deliver_batch(edition=edition, worker=worker_name(), at=timezone.now(), size=BATCH_SIZE)
            if batch.trouble:
                self.stderr.write(f"The mail server: {batch.trouble}")
            if batch.is_over:
                return
            counts = state_counts(edition)
            settled = sum(count for state, count in counts.items() if state not in Delivery.OPEN)
            self.stdout.write(f"{settled:,} of {sum(counts.values()):,}")

    def _report(self, edition: Edition) -> None:
        edition.refresh_from_db()
        self.stdout.write(f"{edition}: {edition.get_state_display()}")
        for state, count in state_counts(edition).items():
            if count:
                self.stdout.write(f"{count:9,}  {Delivery.State(state).label}")
