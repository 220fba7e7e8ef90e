"""A comparison that writes nothing: what would be found."""

from collections.abc import Iterator

from django.conf import settings

from subscriptions.actions.reconciling.findings import Leaf, Scope
from subscriptions.actions.reconciling.past_runs import new_since
from subscriptions.actions.reconciling.phases import ORDER
from subscriptions.actions.reconciling.runs import Clock, read_leaf
from subscriptions.gateways import Pace, paced


def rehearse(*, clock: Clock) -> Iterator[tuple[str, Leaf]]:
    """Each page of each phase. Since nothing is repaired, what follows from a fault is found as well.

    Raises:
        StripeUnavailable, StripeRefused, AnotherAccount.
    """
    scope = Scope(clock(), since=new_since(), at=clock(), shown=set())
    with paced(Pace(settings.STRIPE_REQUESTS_PER_SECOND)):
        for phase in ORDER:
            scope.cursor, is_first = "", True
            while is_first or scope.cursor:
                scope.at, is_first = clock(), False
                leaf = read_leaf(phase, scope)
                scope.shown = (scope.shown or set()).union(*leaf.seen.values())
                scope.cursor = leaf.cursor
                yield phase, leaf
