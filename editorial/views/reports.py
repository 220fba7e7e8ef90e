"""What the desk did in a period: on one page, and each table as CSV."""

from django.http import Http404, HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from editorial.reports import REPORTS
from kit.desk import desk_context, desk_page
from kit.reporting import PeriodForm
from kit.spreadsheet import csv_download


@desk_page("accounts.view_auditentry")
@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """`period` (7, 30, 90, year) or `since` and `until`; `format=csv` with `report` gives one table."""
    form = PeriodForm(request.GET)
    if request.GET.get("format") == "csv":
        return _table(form, request.GET.get("report", ""))
    period, now = form.chosen(), timezone.now()
    context = desk_context(
        request,
        "Reports",
        form=form,
        period=period,
        reports=[report(period, at=now) for report in REPORTS.values()],
    )
    return render(request, "editorial/reports.html", context)


def _table(form: PeriodForm, name: str) -> HttpResponseBase:
    if name not in REPORTS:
        raise Http404
    if not form.is_valid():
        return HttpResponseBadRequest("This period makes no sense; choose another one on the page.")
    period = form.chosen()
    report = REPORTS[name](period, at=timezone.now())
    return csv_download(report.table(), name=f"{name}-{period.first}-{period.last}")
