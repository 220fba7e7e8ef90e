"""All we know of one reader, for the person who helps them, and how to find the reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TypeVar

from allauth.account.models import EmailAddress
from django.db.models import Model, Q, QuerySet

from accounts.devices import Device, devices_of
from accounts.models import AuditEntry, Consent, User
from kit.money import format_money
from subscriptions.bills import Bill, with_bills
from subscriptions.cards import brand_in_words
from subscriptions.models import (
    Checkout,
    Customer,
    Dispute,
    Drift,
    Gift,
    Grant,
    Group,
    Invoice,
    Notice,
    Payment,
    PlanPrice,
    Seat,
    Source,
    Status,
    Subscription,
    Withdrawal,
)
from subscriptions.queries import GrantFact, grants_of
from subscriptions.refunds import refundable
from subscriptions.standing import Standing, price_in_words, standing_of
from subscriptions.timeline import Happening, Records, day_in_words, timeline_of

Row = TypeVar("Row", Invoice, Payment)

LATEST = 12
"""Rows of a table that stand open; the others are a click away."""
MOST = 200
"""Rows of one kind that a page shows at most, the newest."""
TWINS = 10


@dataclass(frozen=True)
class Entry:
    """A subscription with what its reader is told, and what is owed."""

    subscription: Subscription
    standing: Standing
    bill: Bill | None

    @property
    def price(self) -> str:
        return price_in_words(self.subscription)

    @property
    def pay_url(self) -> str:
        return self.bill.pay_url if self.bill else self.subscription.pay_url

    @property
    def can_be_extended(self) -> bool:
        row = self.subscription
        runs = row.status in (Status.ACTIVE, Status.TRIALING)
        return runs and not row.cancels_at and not row.pause_behavior

    @property
    def is_over(self) -> bool:
        return self.subscription.status in (Status.CANCELED, Status.INCOMPLETE_EXPIRED)


@dataclass(frozen=True)
class GrantRow:
    """A right to read, and whether it is past, runs or is to come."""

    grant: Grant
    when: str

    @property
    def runs(self) -> bool:
        return self.when == "running"

    @property
    def can_end(self) -> bool:
        return self.when != "past" and self.grant.source in (Source.COMP, Source.GIFT)

    @property
    def can_be_extended(self) -> bool:
        return self.runs and self.grant.source == Source.COMP and self.grant.ends_at is not None


@dataclass(frozen=True)
class BillRow:
    """An invoice with the attempts to take its money; the payments are to be prefetched."""

    invoice: Invoice

    @property
    def money(self) -> str:
        return format_money(self.invoice.total, self.invoice.currency)

    @property
    def given_back(self) -> str:
        back = self.invoice.amount_refunded
        return format_money(back, self.invoice.currency) if back else ""

    @property
    def is_refundable(self) -> bool:
        return refundable(self.invoice) > 0

    @property
    def failures(self) -> int:
        return sum(payment.status == "failed" for payment in self.invoice.payments.all())

    @property
    def card(self) -> str:
        """The card that paid: `Visa 4242`."""
        paying = (row for row in self.invoice.payments.all() if row.status != "failed" and row.card_last4)
        return next((f"{brand_in_words(row.card_brand)} {row.card_last4}" for row in paying), "")


@dataclass(frozen=True)
class Verdict:
    """Whether someone can read now, in one sentence."""

    can_read: bool
    why: str


@dataclass(frozen=True)
class Dossier:
    """Everything the support page shows of one reader."""

    user: User
    addresses: list[EmailAddress]
    verdict: Verdict
    customers: list[Customer]
    entries: list[Entry]
    grants: list[GrantRow]
    groups: list[Group]
    records: Records
    devices: list[Device]
    open_drifts: list[Drift]
    twins: list[User]
    timeline: list[Happening]

    @property
    def newest_bills(self) -> list[BillRow]:
        return [BillRow(row) for row in self.records.invoices[:LATEST]]

    @property
    def older_bills(self) -> list[BillRow]:
        return [BillRow(row) for row in self.records.invoices[LATEST:]]


def dossier_of(user: User, *, at: datetime) -> Dossier:
    """All about `user` as of `at`, in a number of queries that does not depend on how much there is."""
    addresses = list(EmailAddress.objects.filter(user=user).order_by("-primary", "email"))
    customers = list(Customer.objects.filter(user=user).order_by("-pk"))
    mine = Subscription.objects.filter(customer__user=user).order_by("-started_at")
    entries = [
        Entry(row, standing_of(row, bill=bill, at=at), bill)
        for row, bill in with_bills(mine.select_related("customer"))
    ]
    groups = list(
        Group.objects.filter(subscription__customer__user=user)
        .select_related("subscription__plan")
        .prefetch_related("seats")
    )
    records = _records(user, addresses, customers, entries, groups)
    subscriptions = [entry.subscription for entry in entries]
    return Dossier(
        user=user,
        addresses=addresses,
        verdict=verdict_of(user, subscriptions, records.grants, grants_of(user, at=at), at=at),
        customers=customers,
        entries=entries,
        grants=[GrantRow(grant, when_of(grant, at)) for grant in records.grants],
        groups=groups,
        records=records,
        devices=devices_of(user, at=at),
        open_drifts=[row for row in records.drifts if row.state == Drift.State.OPEN],
        twins=twins_of(user, subscriptions, addresses),
        timeline=timeline_of(records),
    )


def _records(
    user: User,
    addresses: list[EmailAddress],
    customers: list[Customer],
    entries: list[Entry],
    groups: list[Group],
) -> Records:
    subscriptions = [entry.subscription for entry in entries]
    known = {address.email.lower() for address in addresses} | {user.email}
    invoices = list(_of(Invoice, customers).prefetch_related("lines", "payments")[:MOST])
    grants = list(Grant.objects.filter(user=user).select_related("granted_by", "institution")[:MOST])
    gifts = _gifts(user, known)
    given = [gift for gift in gifts if gift.giver_id == user.pk]
    return Records(
        user=user,
        checkouts=list(Checkout.objects.filter(user=user).select_related("plan")[:MOST]),
        subscriptions=subscriptions,
        invoices=invoices,
        payments=list(_of(Payment, customers)[:MOST]),
        disputes=list(Dispute.objects.filter(payment__customer__in=customers).select_related("payment")),
        grants=grants,
        gifts=gifts,
        seats=list(Seat.objects.filter(user=user).select_related("group")),
        notices=list(Notice.objects.filter(Q(user=user) | Q(address__in=known))[:MOST]),
        withdrawals=list(Withdrawal.objects.filter(user=user)),
        consents=list(Consent.objects.filter(user=user)[:MOST]),
        drifts=list(Drift.objects.filter(customer__in=customers)[:MOST]),
        trail=trail_about([user, *customers, *subscriptions, *groups, *grants, *invoices, *given]),
        plan_names=_plan_names(invoices),
    )


def _of(model: type[Row], customers: list[Customer]) -> QuerySet[Row]:
    return model._default_manager.filter(customer__in=customers)  # noqa: SLF001 (Django's documented API)


def _gifts(user: User, addresses: set[str]) -> list[Gift]:
    """Given or received, as far as they were paid; one not delivered yet is its giver's alone."""
    sent = Q(recipient_email__in=addresses, delivered_at__isnull=False)
    mine = Gift.objects.filter(Q(giver=user) | Q(redeemed_by=user) | sent)
    paid = mine.exclude(state=Gift.State.UNPAID).select_related("plan", "giver", "redeemed_by")
    return list(paid[:MOST])


def _plan_names(invoices: list[Invoice]) -> dict[str, str]:
    prices = {line.price_id for invoice in invoices for line in invoice.lines.all()}
    return dict(PlanPrice.objects.filter(stripe_id__in=prices).values_list("stripe_id", "plan__name"))


def trail_about(targets: Iterable[Model]) -> list[AuditEntry]:
    """The newest entries of the audit trail about any of these objects."""
    keys: dict[str, list[str]] = {}
    for target in targets:
        keys.setdefault(target._meta.label_lower, []).append(str(target.pk))  # noqa: SLF001 (as above)
    about = reduce(or_, (Q(target_type=kind, target_id__in=ids) for kind, ids in keys.items()))
    return list(AuditEntry.objects.filter(about)[:MOST])


def twins_of(user: User, subscriptions: list[Subscription], addresses: list[EmailAddress]) -> list[User]:
    """Other accounts that look like the same person: the same card and name, or a variant of an address.

    A hint for a person to look at: nothing is done with it.
    """
    alike = Q()
    for row in subscriptions:
        if row.card_last4 and user.name:
            same = Subscription.objects.filter(card_last4=row.card_last4, card_brand=row.card_brand)
            alike |= Q(name__iexact=user.name, pk__in=same.values("customer__user"))
    for address in {row.email.lower() for row in addresses} | {user.email}:
        name, _, domain = address.partition("@")
        plain = name.partition("+")[0]
        alike |= Q(email=f"{plain}@{domain}")
        alike |= Q(email__startswith=f"{plain}+", email__endswith=f"@{domain}")
        alike |= Q(pk__in=EmailAddress.objects.filter(email__iexact=address).values("user"))
    return list(User.objects.filter(alike).exclude(pk=user.pk).order_by("pk")[:TWINS])


def when_of(grant: Grant, at: datetime) -> str:
    if grant.ends_at is not None and grant.ends_at <= at:
        return "past"
    return "running" if grant.starts_at <= at else "to come"


# ------------------------------------------------------------------------------- can they read now?


def verdict_of(
    user: User,
    subscriptions: list[Subscription],
    grants: Iterable[Grant],
    facts: tuple[GrantFact, ...],
    *,
    at: datetime,
) -> Verdict:
    """Whether someone can read everything at `at`, and why, or why not; `facts` are the rights in force."""
    if not user.is_active:
        return Verdict(can_read=False, why="The account is switched off: nobody can sign in to it.")
    if facts:
        until = f"until {day_in_words(facts[0].ends_at)}" if facts[0].ends_at else "without an end"
        source = dict(Source.choices).get(facts[0].source, facts[0].source)
        return Verdict(can_read=True, why=f"Reads everything {until}: {facts[0].reason} (source: {source})")
    coming = [grant.starts_at for grant in grants if grant.starts_at > at]
    if coming:
        return Verdict(
            can_read=False, why=f"Reads free stories only; access begins {day_in_words(min(coming))}."
        )
    return Verdict(can_read=False, why=f"Reads free stories only: {_why_not(subscriptions, list(grants))}.")


def _why_not(subscriptions: list[Subscription], grants: list[Grant]) -> str:
    never = (Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED, Status.CANCELED)
    ranked = sorted(subscriptions, key=lambda row: (row.status in never, -row.started_at.timestamp()))
    if ranked:
        return _closed_because(ranked[0])
    ended = [grant for grant in grants if grant.ends_at]
    if ended:
        last = max(ended, key=lambda grant: grant.ends_at or grant.starts_at)
        return f"the access by “{last.reason}” ended on {day_in_words(last.ends_at or last.starts_at)}"
    return "there never was a subscription, a gift or other access"


def _closed_because(row: Subscription) -> str:
    if row.money_back_at:
        return f"the money for the running period was given back on {day_in_words(row.money_back_at)}"
    if row.pause_behavior and row.status in (Status.ACTIVE, Status.TRIALING):
        return "payments are paused, and the paid period is over"
    ended = f" on {day_in_words(row.ended_at)}" if row.ended_at else ""
    return CLOSED.get(Status(row.status), "the subscription has ended") + (
        ended if row.status == Status.CANCELED else ""
    )


CLOSED = {
    Status.UNPAID: "the last invoice was not paid",
    Status.PAST_DUE: "payment is overdue, and the days of grace are over",
    Status.PAUSED: "the trial ended without a card",
    Status.INCOMPLETE: "the first payment has not been finished",
    Status.INCOMPLETE_EXPIRED: "the first payment was never made",
    Status.ACTIVE: "the subscription’s period is over, and Stripe has not told of a new one",
    Status.TRIALING: "the trial is over, and Stripe has not told of what followed",
}
