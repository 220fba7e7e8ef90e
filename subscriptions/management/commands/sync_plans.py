"""Create or match the plans' products and prices in Stripe."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from subscriptions.actions.plans import sync_plans
from subscriptions.gateways import StripeRefused, StripeUnavailable


class Command(BaseCommand):
    help = "Create or match a Stripe price for every plan on sale, by lookup key. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for line in sync_plans():
                self.stdout.write(line)
        except (StripeRefused, StripeUnavailable) as error:
            raise CommandError(f"Stripe: {error} Nothing was half-done; run the command again.") from error
