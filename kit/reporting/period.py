"""The days a report is about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.validators import MinValueValidator
from django.utils.timezone import localdate, make_aware

DAYS = {"7": "7 days", "30": "30 days", "90": "90 days", "year": "This year"}


@dataclass(frozen=True)
class Period:
    """From the beginning of the first day to the end of the last, in the newsroom's time zone."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return make_aware(datetime.combine(self.first, time.min))

    @property
    def until(self) -> datetime:
        """The first moment after the period."""
        return make_aware(datetime.combine(self.last + timedelta(days=1), time.min))

    def months(self) -> Iterator[date]:
        """The first of each month that the period touches."""
        month = self.first.replace(day=1)
        while month <= self.last:
            yield month
            month = (month + timedelta(days=31)).replace(day=1)


def preset(name: str, today: date) -> Period:
    """The period, ending today, of a name: `30` (days), `12m` (months, this one among them) or `year`."""
    if name == "year":
        return Period(today.replace(month=1, day=1), today)
    if name.endswith("m"):
        month = today.year * 12 + today.month - int(name[:-1])
        return Period(date(month // 12, month % 12 + 1, 1), today)
    return Period(today - timedelta(days=int(name) - 1), today)


class PeriodForm(forms.Form):
    """A preset, or a first and a last day; with neither, the preset `usual`. Reports may have their own."""

    presets: ClassVar[Mapping[str, str]] = DAYS
    usual: ClassVar[str] = "30"

    period = forms.CharField(required=False)
    since = forms.DateField(
        label="From",
        required=False,
        validators=[MinValueValidator(date(1900, 1, 1), "There were no reports before 1900.")],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_period(self) -> str:
        period: str = self.cleaned_data["period"]
        if period and period not in self.presets:
            raise forms.ValidationError("There is no such period.")
        return period

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if until and not since and "since" not in self.errors:
            self.add_error("since", "Say from when.")
        if since and min(until or localdate(), localdate()) < since:
            self.add_error("until", "The period ends before it begins.")
        return given

    def chosen(self) -> Period:
        """The period asked for, never reaching past today; what makes no sense counts as nothing given."""
        today = localdate()
        if not self.is_valid():
            return preset(self.usual, today)
        given = self.cleaned_data
        if given["since"]:
            return Period(given["since"], min(given["until"] or today, today))
        return preset(given["period"] or self.usual, today)

    @property
    def preset_name(self) -> str:
        """The preset that is shown, or nothing for days of one's own."""
        if not self.is_valid():
            return self.usual
        return "" if self.cleaned_data["since"] else self.cleaned_data["period"] or self.usual
