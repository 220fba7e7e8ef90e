"""Create or match the plans' prices, and the offers' coupons and codes, in Stripe."""

from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from subscriptions.actions.offers import sync_offers
from subscriptions.actions.plans import sync_plans
from subscriptions.gateways import StripeRefused, StripeUnavailable


class Command(BaseCommand):
    help = "Make Stripe's prices, coupons and promotion codes equal to our plans and offers. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for line in chain(sync_plans(), sync_offers(at=timezone.now())):
                self.stdout.write(line)
        except (StripeRefused, StripeUnavailable) as error:
            raise CommandError(f"Stripe: {error} Nothing was half-done; run the command again.") from error
