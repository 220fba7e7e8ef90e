"""What only support does to a subscription."""

from datetime import datetime

from subscriptions.gateways.connection import api, in_our_words


@in_our_words
def postpone_charge(subscription_id: str, *, until: datetime, key: str) -> None:
    """Let everything up to `until` be free; nothing is prorated, and renewals are counted from then.

    Stripe's way to do that is a trial (docs.stripe.com/billing/subscriptions/billing-cycle): until then the
    subscription is `trialing`. Asked twice with one `key`, it is done once.
    """
    params = {"trial_end": int(until.timestamp()), "proration_behavior": "none"}
    api().subscriptions.update(subscription_id, params, {"idempotency_key": key})
