"""Compare our books with Stripe's."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from subscriptions.actions.reconciling import (
    AnotherAccount,
    CannotReconcile,
    Finding,
    begin_run,
    check_reader,
    compare_everything,
    rehearse,
    resume_run,
    unfinished,
)
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Drift, Reconciliation


class Command(BaseCommand):
    help = (
        "Compare all customers, subscriptions, prices, invoices and grants with Stripe's, and repair what "
        "repairs itself. Exit code 1 while drift is open."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--resume", action="store_true", help="go on with the comparison that was stopped")
        what.add_argument("--reader", metavar="EMAIL", help="compare the books of one reader only")
        what.add_argument("--dry-run", action="store_true", help="say what would be found, and write nothing")
        parser.add_argument(
            "--no-repair", action="store_true", help="write down what is found, repair nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            is_clean = self._compare(**options)
        except (CannotReconcile, AnotherAccount) as reason:
            raise CommandError(str(reason), returncode=2) from reason
        except (StripeRefused, StripeUnavailable) as error:
            raise CommandError(f"Stripe: {error} Go on with --resume.", returncode=2) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Go on with --resume.", returncode=130) from None
        if not is_clean:
            raise SystemExit(1)

    def _compare(self, **options: Any) -> bool:
        """Whether the books agree in the end."""
        if options["dry_run"]:
            return self._rehearse()
        if options["reader"]:
            return self._check_reader(options["reader"], repairs=not options["no_repair"])
        return self._compare_everything(resumes=options["resume"], repairs=not options["no_repair"])

    def _compare_everything(self, *, resumes: bool, repairs: bool) -> bool:
        run = self._run(resumes=resumes)
        for now in compare_everything(run=run, clock=timezone.now, repairs=repairs):
            self._say_progress(now)
        return self._report(list(Drift.objects.filter(state=Drift.State.OPEN)))

    def _run(self, *, resumes: bool) -> Reconciliation:
        if not resumes:
            return begin_run(by=None, at=timezone.now())
        stopped = unfinished()
        if stopped is None:
            raise CannotReconcile("No comparison was stopped: run this without --resume.")
        return resume_run(run=stopped, by=None, at=timezone.now())

    def _say_progress(self, run: Reconciliation) -> None:
        of = f" of about {run.expected:,}" if run.expected else ""
        where = run.phase or "done"
        counts = f"{run.compared:,}{of} compared, {run.found} found, {run.repaired} repaired"
        self.stdout.write(f"{where}: {counts}")

    def _rehearse(self) -> bool:
        found: list[Finding] = []
        for phase, leaf in rehearse(clock=timezone.now):
            found += leaf.findings
            self.stdout.write(f"{phase}: {leaf.compared} compared, {len(leaf.findings)} found")
        self._table([(finding.kind, finding.stripe_id, finding.ours, finding.theirs) for finding in found])
        return not found

    def _check_reader(self, email: str, *, repairs: bool) -> bool:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CannotReconcile(f"No account has the address {email}.")
        return self._report(check_reader(user=user, at=timezone.now(), repairs=repairs))

    def _report(self, drifts: list[Drift]) -> bool:
        rows = [(drift.kind, drift.stripe_id, drift.ours, drift.theirs) for drift in drifts]
        self._table([row for row, drift in zip(rows, drifts, strict=True) if drift.state == Drift.State.OPEN])
        repaired = sum(drift.state == Drift.State.REPAIRED for drift in drifts)
        if repaired:
            self.stdout.write(f"{repaired} repaired.")
        return all(drift.state != Drift.State.OPEN for drift in drifts)

    def _table(self, rows: list[tuple[str, str, str, str]]) -> None:
        if not rows:
            self.stdout.write("Our books and Stripe's agree.")
            return
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        for kind, stripe_id, ours, theirs in rows:
            self.stdout.write(f"{kind:{widths[0]}}  {stripe_id:{widths[1]}}  ours: {ours} · Stripe: {theirs}")
