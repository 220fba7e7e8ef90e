"""What support types for a deed: a reason always, and what the deed needs besides."""

import calendar
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localtime, make_aware

from kit.money import NotMoney, format_money, money_as_text, parse_money
from subscriptions.actions.support import MOST_FREE_DAYS, Ending
from subscriptions.models import Grant, Invoice, Subscription
from subscriptions.prospects import after_ending, after_period
from subscriptions.refunds import last_paid, refundable
from subscriptions.timeline import day_in_words

OWN_DATE = "date"
SPANS = (("1", "One month"), ("3", "Three months"), ("12", "One year"), (OWN_DATE, "Until a day I choose"))


class DeedForm(forms.Form):
    """The form of a deed on `subject` as of `at`."""

    def __init__(self, data: Any, *, subject: Any, at: datetime) -> None:
        self.subject, self.at = subject, at
        super().__init__(data, label_suffix="")


class ReasonForm(DeedForm):
    """Why."""

    reason = forms.CharField(
        label="Reason",
        max_length=200,
        help_text="For the house: it stands in the audit trail and on the reader’s page here.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AccessForm(ReasonForm):
    """Until when someone may read; months count from the day itself."""

    until = forms.ChoiceField(label="For", choices=SPANS, initial="1", widget=forms.RadioSelect)
    own_date = forms.DateField(
        label="Last day", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ("until", "own_date", "reason")

    def __init__(self, data: Any, *, subject: Any, at: datetime) -> None:
        super().__init__(data, subject=subject, at=at)
        self.fields["reason"].help_text = "The reader sees it, in a letter and on the account page."

    @property
    def counts_from(self) -> datetime:
        return self.at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        span = cleaned.get("until", "")
        if span == OWN_DATE and not cleaned.get("own_date"):
            self.add_error("own_date", "Choose the last day.")
        elif span:
            start = localtime(self.counts_from).date()
            last = cleaned["own_date"] if span == OWN_DATE else months_after(start, int(span))
            cleaned["ends_at"] = end_of(last)
        return cleaned


class ExtendForm(AccessForm):
    """The same, counted from when the access ends now."""

    def __init__(self, data: Any, *, subject: Any, at: datetime) -> None:
        super().__init__(data, subject=subject, at=at)
        self.fields["reason"].help_text = ReasonForm.base_fields["reason"].help_text

    @property
    def counts_from(self) -> datetime:
        grant: Grant = self.subject
        # The end is the first moment after the last day.
        return (grant.ends_at or self.at) - timedelta(microseconds=1)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def end_of(day: date) -> datetime:
    """The midnight that ends a day in the newsroom's time zone."""
    return make_aware(datetime.combine(day + timedelta(days=1), time()))


class FreeDaysForm(ReasonForm):
    """How many days are free."""

    days = forms.IntegerField(label="Days", min_value=1, max_value=MOST_FREE_DAYS, initial=7)
    seen = forms.DateTimeField(widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])
    field_order = ("days", "reason", "seen")

    def __init__(self, data: Any, *, subject: Any, at: datetime) -> None:
        super().__init__(data, subject=subject, at=at)
        self.initial["seen"] = subject.period_end_at.strftime("%Y-%m-%dT%H:%M:%S.%f%z")


class RefundForm(ReasonForm):
    """How much is given back, in the invoice's currency; nothing typed is all that is left."""

    amount = forms.CharField(label="Amount", required=False, max_length=20)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("amount", "reason", "seen")

    def __init__(self, data: Any, *, subject: Any, at: datetime) -> None:
        super().__init__(data, subject=subject, at=at)
        invoice: Invoice = subject
        left = refundable(invoice)
        self.initial["seen"] = invoice.amount_refunded
        self.initial["amount"] = money_as_text(left, invoice.currency)
        self.fields["amount"].help_text = (
            f"In {invoice.currency.upper()}; up to {format_money(left, invoice.currency)} is left."
            " Empty: all of it."
        )

    def clean_amount(self) -> int | None:
        typed: str = self.cleaned_data["amount"].strip()
        if not typed:
            return None
        try:
            return parse_money(typed, self.subject.currency)
        except NotMoney as fault:
            raise forms.ValidationError(str(fault)) from fault


class EndForm(ReasonForm):
    """How a subscription ends, each way with what it means for its reader."""

    ending = forms.ChoiceField(label="When", widget=forms.RadioSelect)
    field_order = ("ending", "reason")

    def __init__(self, data: Any, *, subject: Any, at: datetime) -> None:
        super().__init__(data, subject=subject, at=at)
        choices = list(_endings(subject, at=at))
        field = self.fields["ending"]
        field.choices = choices  # type: ignore[attr-defined]  # of a choice field
        self.initial["ending"] = choices[0][0]


def _endings(subscription: Subscription, *, at: datetime) -> list[tuple[str, str]]:
    paid = last_paid(subscription)
    ways = []
    if subscription.status in ("active", "trialing") and not subscription.cancels_at:
        end = day_in_words(subscription.period_end_at)
        ways.append((Ending.WITH_PERIOD, f"On {end}, with its period: {after_period(subscription, at=at)}"))
    kept = after_ending(subscription, refunded=None, at=at)
    ways.append((Ending.NOW, f"At once, without a refund: {kept}"))
    if paid:
        money = format_money(refundable(paid), paid.currency)
        gone = after_ending(subscription, refunded=paid, at=at)
        ways.append((Ending.NOW_WITH_REFUND, f"At once, and give {money} of the last payment back: {gone}"))
    return [(str(value), words) for value, words in ways]
