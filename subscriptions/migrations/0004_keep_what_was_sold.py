"""Carry over what is known of prices: who pays one that was sold before stays a reader of ours."""

from typing import Any

from django.db import migrations


def keep_prices(apps: Any, schema_editor: Any) -> None:
    PlanPrice = apps.get_model("subscriptions", "PlanPrice")
    for plan in apps.get_model("subscriptions", "Plan").objects.exclude(stripe_price_id=""):
        facts = {"plan": plan, "currency": plan.currency, "amount": plan.amount, "interval": plan.interval}
        PlanPrice.objects.get_or_create(
            stripe_id=plan.stripe_price_id, defaults=facts | {"is_current": True}
        )
    for checkout in apps.get_model("subscriptions", "Checkout").objects.select_related("plan"):
        plan = checkout.plan
        facts = {"plan": plan, "currency": plan.currency, "amount": plan.amount, "interval": plan.interval}
        PlanPrice.objects.get_or_create(stripe_id=checkout.price_id, defaults=facts)


def fill_subscriptions(apps: Any, schema_editor: Any) -> None:
    """What the next comparison with Stripe will set for good."""
    for row in apps.get_model("subscriptions", "Subscription").objects.select_related("plan"):
        if row.plan:
            row.amount, row.currency, row.interval = row.plan.amount, row.plan.currency, row.plan.interval
            row.price_id = row.plan.stripe_price_id
            row.save(update_fields=("amount", "currency", "interval", "price_id"))


class Migration(migrations.Migration):
    dependencies = (("subscriptions", "0003_books"),)
    operations = (
        migrations.RunPython(keep_prices, migrations.RunPython.noop),
        migrations.RunPython(fill_subscriptions, migrations.RunPython.noop),
    )
