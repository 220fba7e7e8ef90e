"""Drift in words: what it means, and what the button will do."""

from dataclasses import dataclass

from subscriptions.actions.reconciling.doubles import find_double
from subscriptions.actions.reconciling.findings import Kind
from subscriptions.models import Drift


@dataclass(frozen=True)
class Explanation:
    """What a kind of drift means for its reader, the button's label, and what pressing it does."""

    meaning: str
    button: str
    effect: str
    is_safe: bool = False


_SYNC = "Sets all our books of this customer from Stripe's, and their access from that."
_EXPLANATIONS: dict[Kind, Explanation] = {
    Kind.MISSED_EVENT: Explanation(
        "Something changed at Stripe and no event told us, or it was lost here.", "Take over", _SYNC, True
    ),
    Kind.WRONG_PERIOD: Explanation(
        "The subscription was renewed or moved at Stripe, and we have the old period.",
        "Take over",
        _SYNC,
        True,
    ),
    Kind.MISSED_INVOICE: Explanation(
        "An invoice, payment, refund or dispute is missing here or stands otherwise.",
        "Take over",
        _SYNC,
        True,
    ),
    Kind.CUSTOMER_DELETED: Explanation(
        "The customer was deleted at Stripe, which ended all their subscriptions.",
        "End here",
        "Ends their subscriptions here too. They can subscribe again, as a new customer.",
        True,
    ),
    Kind.WRONG_GRANT: Explanation(
        "What someone may read does not follow from their subscription.",
        "Make it follow",
        "Sets the grants of this subscription, of its reader and of its seats, from the subscription.",
        True,
    ),
    Kind.FAILED_HANDLER: Explanation(
        "An event came and could not be acted on.",
        "Process again",
        "Acts on the event once more. When it fails again it stays here, with the reason.",
        True,
    ),
    Kind.WRONG_PRICE: Explanation(
        "A plan on sale has no price at Stripe that costs the same: nobody can buy it, or at another price.",
        "Make the price",
        "Makes a price at Stripe that costs what the plan does, and sells the plan at it from now on. "
        "Those who pay another price keep it.",
    ),
    Kind.FOREIGN_PRICE: Explanation(
        "A reader of ours pays at Stripe for something that no plan here sells. A subscription we do not "
        "know gives no access; one we know keeps its plan.",
        "Keep as this plan",
        "Lets this price count as the plan you choose: everyone who pays it reads what the plan gives.",
    ),
    Kind.ORPHAN: Explanation(
        "We have it, and Stripe knows nothing of it: nobody is charged for it.",
        "End here",
        "Ends it here; access ends with what was paid. Nothing changes at Stripe.",
    ),
    Kind.STRANGER: Explanation(
        "Someone pays for one of our plans at Stripe and has no account here, so they cannot read.",
        "Link to their account",
        "Gives the subscription to the account with the payer's e-mail address. Without such an account "
        "ask them to sign up with that address first.",
    ),
}


def explain(drift: Drift) -> Explanation:
    """The explanation of one drift; of a double it says which one is ended, and what is given back."""
    kind = Kind(drift.kind)
    return _explain_double(drift) if kind == Kind.DOUBLE else _EXPLANATIONS[kind]


def _explain_double(drift: Drift) -> Explanation:
    meaning = "A reader is charged for two subscriptions, and one of them is enough."
    double = find_double(drift.stripe_id)
    if double is None:
        return Explanation(meaning, "Close", "There is only one by now: this only closes the entry.")
    extra, kept = double.extra, double.kept
    back = f"gives back {double.refund}" if double.refund else "gives nothing back, for nothing was paid"
    return Explanation(
        meaning,
        "End the second",
        f"Ends {extra.plan or 'a plan'} of {extra.started_at:%Y-%m-%d} ({extra.stripe_id}) at once "
        f"and {back}. "
        f"{kept.plan or 'The other'} of {kept.started_at:%Y-%m-%d} ({kept.stripe_id}) goes on.",
    )
