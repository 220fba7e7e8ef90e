"""What the desk did in a period, as tables and bars. A report is one query, for any number of stories."""

from collections.abc import Callable, Mapping

from editorial.reports.corrections import corrections
from editorial.reports.durations import time_in_states, time_to_publication
from editorial.reports.output import output_by_author, output_by_section
from kit.reporting import Report

REPORTS: Mapping[str, Callable[..., Report]] = {
    "output-by-section": output_by_section,
    "output-by-author": output_by_author,
    "time-to-publication": time_to_publication,
    "time-in-states": time_in_states,
    "corrections": corrections,
}
"""Each takes the period and, as `at`, the present moment."""

__all__ = ["REPORTS"]
