"""Open drift that a comparison did not come across again: looked at once more, then closed."""

from subscriptions.actions.reconciling.customers import check_customer
from subscriptions.actions.reconciling.drift import close_gone
from subscriptions.actions.reconciling.findings import Finding, Leaf, Scope
from subscriptions.gateways import StripeRefused
from subscriptions.models import Drift

AT_ONCE = 20


def ask_again(scope: Scope) -> Leaf:
    """The next of them. Invoices are listed since the last comparison only, so older ones are asked for.

    Those that are still there are findings once more; the others are closed as gone by themselves.
    """
    if scope.shown is not None:
        return Leaf()
    unseen = Drift.objects.filter(state=Drift.State.OPEN, seen_at__lt=scope.started_at)
    rows = list(
        unseen.filter(pk__gt=int(scope.cursor or 0)).select_related("customer").order_by("pk")[:AT_ONCE]
    )
    found = [finding for row in rows for finding in _look_again(row, scope)]
    names = {finding.name for finding in found}
    for row in rows:
        if (row.kind, row.stripe_id) not in names:
            close_gone(drift=row, at=scope.at)
    cursor = str(rows[-1].pk) if len(rows) == AT_ONCE else ""
    return Leaf(cursor, len(rows), tuple(found))


def _look_again(row: Drift, scope: Scope) -> tuple[Finding, ...]:
    """What is to be said of it now. All other kinds are looked for in full each time."""
    if row.kind != Drift.Kind.MISSED_INVOICE or row.customer is None:
        return ()
    try:
        return check_customer(row.customer, at=scope.at)
    except StripeRefused:
        return ()
