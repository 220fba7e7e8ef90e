"""What our plans cost here and at Stripe."""

from kit.money import format_money
from subscriptions.actions.plans import Wanted, all_wanted
from subscriptions.actions.reconciling.findings import Finding, Findings, Kind, Leaf, Scope
from subscriptions.gateways import PriceSnapshot, find_prices
from subscriptions.models import PlanPrice


def compare_prices(scope: Scope) -> Leaf:
    """All prices that plans on sale are sold at, found by their lookup keys."""
    wanted = all_wanted()
    found = find_prices([price.lookup_key for price in wanted]) if wanted else {}
    current = {
        (row.plan_id, row.currency): row.stripe_id for row in PlanPrice.objects.filter(is_current=True)
    }
    findings = (
        finding
        for price in wanted
        for finding in _compare(
            price, current.get((price.plan.pk, price.currency), ""), found.get(price.lookup_key)
        )
    )
    return Leaf(compared=len(wanted), findings=tuple(findings))


def wanted_for(lookup_key: str) -> Wanted | None:
    """The price that a lookup key stands for."""
    return next((price for price in all_wanted() if price.lookup_key == lookup_key), None)


def _compare(wanted: Wanted, ours: str, theirs: PriceSnapshot | None) -> Findings:
    if theirs and theirs.id == ours and is_as_wanted(wanted, theirs):
        return ()
    amount, currency, interval = wanted.facts
    said = f"{wanted.plan.name}: {format_money(amount, currency)} a {interval}, price {ours or 'none'}"
    return (Finding(Kind.WRONG_PRICE, wanted.lookup_key, said, _said(theirs)),)


def is_as_wanted(wanted: Wanted, price: PriceSnapshot | None) -> bool:
    """Whether a price costs what the publisher wants: then only our note of it is to be set right."""
    return price is not None and (price.amount, price.currency, price.interval) == wanted.facts


def _said(price: PriceSnapshot | None) -> str:
    if price is None:
        return "no active price"
    return f"{format_money(price.amount, price.currency)} a {price.interval}, price {price.id}"
