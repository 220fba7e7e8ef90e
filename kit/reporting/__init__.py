"""Reports: a period, a table of what happened in it, and bars drawn from the table. Any app may have some."""

from kit.reporting.cells import Cell, Link, Money, Share, percentile
from kit.reporting.period import Period, PeriodForm, preset
from kit.reporting.report import Bar, Report, draw_bars

__all__ = [
    "Bar",
    "Cell",
    "Link",
    "Money",
    "Period",
    "PeriodForm",
    "Report",
    "Share",
    "draw_bars",
    "percentile",
    "preset",
]
