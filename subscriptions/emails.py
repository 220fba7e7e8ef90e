"""The letters about money and access (rules U9 and B7: the account stream, no list headers).

Each kind of notice is a letter `templates/emails/subscriptions/<kind>`. Besides what the rows say, a letter
knows the facts it was given. Three endings of their names have a meaning: `…_at` is a moment and `…_on` a
day, in ISO 8601; `…amount` is minor units of the fact `currency`, and is shown as money.
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localtime

from kit.letters import Letter, render_letter
from kit.money import format_money
from subscriptions.cards import card_in_words
from subscriptions.models import Notice, Status, Subscription

Kind = Notice.Kind

FACTS: dict[str, frozenset[str]] = {
    # About a subscription, which its notice names.
    Kind.WELCOME: frozenset(),
    Kind.TRIAL_ENDS: frozenset({"ends_at", "amount", "currency"}),
    Kind.RENEWS: frozenset({"renews_at", "amount", "currency"}),
    Kind.PAYMENT_FAILED: frozenset({"amount", "currency", "attempt", "next_try_at"}),
    Kind.CARD_REFUSED: frozenset({"amount", "currency", "code"}),  # as the others: code, reads_until_at
    Kind.CONFIRM_PAYMENT: frozenset({"amount", "currency"}),
    Kind.ACCESS_STOPPED: frozenset({"is_over"}),
    Kind.CARD_EXPIRES: frozenset({"card", "expires", "renews_at", "amount", "currency"}),
    Kind.RECOVERED: frozenset({"amount", "currency"}),
    Kind.PAUSED: frozenset({"is_resumed"}),  # and resumes_at, reads_until_at, needs_card
    Kind.CANCELLED: frozenset({"ends_at"}),
    Kind.ENDED: frozenset({"ended_at"}),  # and reads_until_at, why: Stripe's word
    # from_plan, to_plan: names; amount: what each charge will be; starts_at: when it begins;
    # charged_amount, credited_amount: what was taken or given at once, if anything.
    Kind.CHANGED: frozenset({"from_plan", "to_plan", "amount", "currency", "interval", "starts_at"}),
    Kind.REFUNDED: frozenset({"amount", "currency", "is_full"}),  # and what: "your gift for Ilse Marn"
    Kind.DISPUTED: frozenset({"amount", "currency", "reason", "payer"}),  # to the publishers
    Kind.PRICE_RISE: frozenset({"old_amount", "new_amount", "currency", "interval", "from_at", "reason"}),
    # About gifts: giver and recipient are names; message may be empty; url redeems the code.
    Kind.GIFT: frozenset({"giver", "recipient", "message", "plan", "code", "url"}),
    Kind.GIFT_RECEIPT: frozenset(
        {"recipient", "recipient_email", "plan", "amount", "currency", "deliver_on"}
    ),
    # About groups: owner is a name; url takes the seat.
    Kind.SEAT_INVITATION: frozenset({"group", "owner", "url"}),
    Kind.SEAT_RETURNED: frozenset({"group"}),
    # stage: received, executed or refused; with executed amount, currency and ends_at; with refused reason;
    # url: where a withdrawal made without signing in is carried out.
    Kind.WITHDRAWAL: frozenset({"stage", "name", "contract", "statement", "confirmed_at"}),
    Kind.COMP: frozenset({"reason", "ends_at"}),  # ends_at may be None
}
"""What each kind of letter cannot do without; other facts that it says if it has them stand beside."""

DECLINES = {
    "authentication_required": "The bank wants you to confirm the payment.",
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The card’s security code was not right.",
    "insufficient_funds": "It says that there was not enough money for it.",
    "lost_card": "It says that the card was reported lost.",
    "pickup_card": "It says that the card may not be used any more.",
    "stolen_card": "It says that the card was reported stolen.",
    "card_velocity_exceeded": "It says that the card’s limit was reached.",
    "withdrawal_count_limit_exceeded": "It says that the card’s limit was reached.",
}
"""What a bank said, in words for the owner of the card; of most refusals banks give no reason."""

ENDS = {
    "payment_disputed": "because a payment was disputed at the bank",
    "cancellation_requested": "as asked",
}
"""Why a subscription ended, from Stripe's word for it."""


def letter_of(notice: Notice) -> Letter:
    """The letter as its reader gets it now. Raises `LetterBroken` for a faulty layout."""
    return render_letter(f"subscriptions/{notice.kind}", _context(notice))


def _context(notice: Notice) -> dict[str, Any]:
    return {
        **_pages(notice),
        **(_about(notice.subscription) if notice.subscription else {}),
        "notice": notice,
        "email": notice.address,
        "reader": notice.user,
        "invoice": notice.invoice,
        "withdrawal_days": settings.WITHDRAWAL_DAYS,
        "why": DECLINES.get(notice.facts.get("code", ""), ""),
        "why_ended": ENDS.get(notice.facts.get("why", ""), ""),
        **read_facts(notice.facts),
    }


def _about(subscription: Subscription) -> dict[str, Any]:
    plan = subscription.plan
    return {
        "subscription": subscription,
        "plan": plan,
        "plan_name": plan.name if plan else "your subscription",
        "price": f"{subscription.price} a {subscription.get_interval_display()}",
        "card": card_in_words(subscription) if subscription.card_last4 else "",
        "is_trial": subscription.status == Status.TRIALING,
    }


def _pages(notice: Notice) -> dict[str, str]:
    names = {
        "account_url": "account_overview",
        "plans_url": "plans",
        "redeem_url": "gift_redeem",
        "withdraw_url": "withdraw",
    }
    pages = {key: settings.SITE_URL + reverse(name) for key, name in names.items()}
    desk = reverse("admin:subscriptions_subscription_changelist")
    if notice.subscription:
        desk = reverse("admin:subscriptions_subscription_change", args=(notice.subscription.pk,))
    return {**pages, "desk_url": settings.SITE_URL + desk, "pay_url": _pay_url(notice)}


def _pay_url(notice: Notice) -> str:
    """Stripe's page to pay the invoice, or else the account page, where a card can be changed."""
    url = notice.invoice.hosted_url if notice.invoice else ""
    url = url or (notice.subscription.pay_url if notice.subscription else "")
    return url or settings.SITE_URL + reverse("account_overview")


def read_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as a letter says them: moments in the newsroom's time zone, days, money with its sign."""
    return {name: _read(name, value, facts.get("currency", "")) for name, value in facts.items()}


def _read(name: str, value: Any, currency: str) -> Any:
    if value is None:
        return None
    if name.endswith("_at"):
        return localtime(datetime.fromisoformat(value))
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return format_money(value, currency) if name.endswith("amount") else value
