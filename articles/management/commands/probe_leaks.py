"""Look for paid text where it must not be."""

from argparse import ArgumentParser
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.actions.probes import (
    STORIES,
    alarm_about_leaks,
    begin_probe,
    forget_probes,
    look_for_leaks,
    stories_to_probe,
)
from articles.models import LeakProbe
from articles.probing.looking import Look

EVERY = 100
"""Pages between two lines of progress."""


class Command(BaseCommand):
    help = (
        "Fetch every page, feed and answer of the site as a visitor, a crawler, a registered reader and a "
        "lapsed subscriber, and look for the paid text of its stories. Exit code 0: none was seen, 1: a "
        "leak, 2: not everything could be looked at, 130: stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--address",
            default=settings.PROBE_ADDRESS,
            metavar="https://…",
            help="fetch the site from there, through its caches and proxies, instead of within this process",
        )
        parser.add_argument(
            "--stories", type=int, default=STORIES, metavar="N", help=f"how many ({STORIES}); 0: all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        stories = stories_to_probe(limit=options["stories"], at=now)
        probe = begin_probe(cause="By hand", at=now)
        try:
            self._look(probe, stories, options["address"])
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was found so far is kept.", returncode=130) from None
        alarm_about_leaks(probe=probe, at=timezone.now())
        forget_probes(at=timezone.now())
        self._report(probe)

    def _look(self, probe: LeakProbe, stories: list[int], address: str) -> None:
        looks = look_for_leaks(probe=probe, stories=stories, address=address, clock=timezone.now)
        look = None
        with closing(looks):
            for number, look in enumerate(looks):
                if number == 0:
                    self.stdout.write(
                        f"{len(stories)} stories, {look.passages} passages, {look.asked} pages."
                    )
                elif number % EVERY == 0:
                    self._say(look)
        if look:
            self._say(look)

    def _say(self, look: Look) -> None:
        counts = [f"{look.pages} of {look.asked} pages"]
        if look.binary:
            counts.append(f"{look.binary} of them no text")
        self.stdout.write(
            ", ".join((*counts, f"{len(look.sightings)} leaks", f"{len(look.trouble)} troubles"))
        )

    def _report(self, probe: LeakProbe) -> None:
        leaks = list(probe.leaks.select_related("article"))
        for leak in leaks:
            self.stderr.write(f"LEAK {leak.address} as {leak.reader}\n  {leak.article}: “{leak.passage}”")
        for line in probe.trouble.splitlines():
            self.stderr.write(f"TROUBLE {line}")
        if leaks:
            raise SystemExit(1)
        if probe.trouble:
            raise SystemExit(2)
        self.stdout.write("No paid text was seen where it must not be.")
