"""The order in which everything is compared."""

from collections.abc import Callable

from subscriptions.actions.reconciling import customers, invoices, payments, subscriptions
from subscriptions.actions.reconciling.doubles import compare_doubles
from subscriptions.actions.reconciling.events import compare_checkouts, compare_events
from subscriptions.actions.reconciling.findings import Leaf, Scope
from subscriptions.actions.reconciling.grants import compare_grants
from subscriptions.actions.reconciling.loose_ends import ask_again
from subscriptions.actions.reconciling.prices import compare_prices

Phase = Callable[[Scope], Leaf]

PHASES: dict[str, Phase] = {
    "prices": compare_prices,
    # Customers come before what belongs to them, so that one deleted is not taken for a missed event.
    "customers": customers.list_customers,
    "unlisted customers": customers.ask_for_unlisted,
    "subscriptions": subscriptions.list_subscriptions,
    "not listed": subscriptions.ask_for_unlisted,
    "invoices": invoices.list_new,
    "open invoices": invoices.list_open,
    "settled invoices": invoices.ask_for_settled,
    "charges": payments.list_charges,
    "refunds": payments.list_refunds,
    "disputes": payments.list_disputes,
    "open disputes": payments.ask_for_open_disputes,
    # From here on our own books, as they are after what was found above was repaired.
    "checkouts": compare_checkouts,
    "events": compare_events,
    "grants": compare_grants,
    "doubles": compare_doubles,
    "loose ends": ask_again,
}
"""Each is called leaf by leaf with the cursor of the leaf before, until it gives no cursor."""

ORDER = tuple(PHASES)


def next_phase(phase: str) -> str:
    """The phase after this one; empty after the last."""
    place = ORDER.index(phase) + 1
    return ORDER[place] if place < len(ORDER) else ""
