"""The months of a period, on the newsroom's clock."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import ClassVar

from django.db.models import Case, IntegerField, Value, When
from django.utils.formats import date_format
from django.utils.timezone import make_aware

from kit.reporting import Period, PeriodForm


class MonthsForm(PeriodForm):
    """Some months; every month that the days given touch is shown whole."""

    presets: ClassVar[dict[str, str]] = {
        "3m": "3 months",
        "12m": "12 months",
        "24m": "24 months",
        "year": "This year",
    }
    usual = "12m"


class Months:
    """The months that a period touches, up to the present moment `at`: the last may still be running."""

    def __init__(self, period: Period, *, at: datetime) -> None:
        self.firsts = list(period.months())
        ends = [_midnight(_next(first)) for first in self.firsts]
        self.moments = [_midnight(self.firsts[0]), *(min(end, at) for end in ends)]
        self.is_running = ends[-1] > at

    def __len__(self) -> int:
        return len(self.firsts)

    @property
    def since(self) -> datetime:
        return self.moments[0]

    @property
    def until(self) -> datetime:
        """The first moment after the last month, or the present one."""
        return self.moments[-1]

    def label(self, number: int) -> str:
        """`March 2026`, of the month that is still running `March 2026 so far`."""
        name = date_format(self.firsts[number], "F Y")
        return f"{name} so far" if self.is_running and number == len(self) - 1 else name

    def labels(self) -> list[str]:
        return [self.label(number) for number in range(len(self))]


def number_of_month(name: str, moments: Sequence[datetime]) -> Case:
    """An SQL expression: which of the months parted by the moments the time `name` falls into; -1: none."""
    whens = [
        When(**{f"{name}__lt": end, f"{name}__gte": moments[0]}, then=Value(number))
        for number, end in enumerate(moments[1:])
    ]
    return Case(*whens, default=Value(-1), output_field=IntegerField())


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))
