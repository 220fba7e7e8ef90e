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
from subscriptions.models import Notice

Kind = Notice.Kind

FACTS: dict[str, frozenset[str]] = {
    # About a subscription, which its notice names.
    Kind.WELCOME: frozenset(),
    Kind.TRIAL_ENDS: frozenset({"ends_at", "amount", "currency"}),
    Kind.RENEWS: frozenset({"renews_at", "amount", "currency"}),
    Kind.PAYMENT_FAILED: frozenset({"amount", "currency", "attempt", "next_try_at"}),
    Kind.CARD_REFUSED: frozenset({"amount", "currency", "code"}),
    Kind.CONFIRM_PAYMENT: frozenset({"amount", "currency"}),
    Kind.ACCESS_STOPPED: frozenset({"is_over"}),
    Kind.CARD_EXPIRES: frozenset({"card", "expires", "renews_at", "amount", "currency"}),
    Kind.RECOVERED: frozenset({"amount", "currency"}),
    Kind.PAUSED: frozenset({"is_resumed"}),  # and resumes_at, reads_until_at
    Kind.CANCELLED: frozenset({"ends_at"}),
    Kind.ENDED: frozenset({"ended_at"}),  # and reads_until_at
    # from_plan, to_plan: names; amount: what each charge will be; starts_at: when it begins;
    # charged_amount, credited_amount: what was taken or given at once, if anything.
    Kind.CHANGED: frozenset({"from_plan", "to_plan", "amount", "currency", "interval", "starts_at"}),
    Kind.REFUNDED: frozenset({"amount", "currency", "is_full"}),  # and what: "your gift for Ilse Marn"
    Kind.DISPUTED: frozenset({"amount", "currency", "reason", "reader", "url"}),  # to the publishers
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


def letter_of(notice: Notice) -> Letter:
    """The letter as its reader gets it now. Raises `LetterBroken` for a faulty layout."""
    return render_letter(f"subscriptions/{notice.kind}", _context(notice))


def _context(notice: Notice) -> dict[str, Any]:
    subscription, invoice = notice.subscription, notice.invoice
    return {
        **read_facts(notice.facts),
        "notice": notice,
        "email": notice.address,
        "reader": notice.user,
        "subscription": subscription,
        "plan": subscription.plan if subscription else None,
        "invoice": invoice,
        "pay_url": _pay_url(notice),
        "account_url": settings.SITE_URL + reverse("account_overview"),
        "withdraw_url": settings.SITE_URL + reverse("withdraw"),
    }


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
