"""The publisher's reports: an overview, a page for each subject, and every table as CSV."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kit.desk import desk_context, desk_page
from kit.reporting.cells import words
from kit.spreadsheet import csv_download
from subscriptions.reports import SUBJECTS, Subject
from subscriptions.reports.months import Months, MonthsForm
from subscriptions.reports.readers import by_plan, by_right
from subscriptions.reports.revenue import mrr_now

PERMISSION = "subscriptions.report_invoice"
"""The publisher's; support sees single invoices, not what all of them come to."""


@desk_page(PERMISSION)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How it stands now, and the way to the reports."""
    now = timezone.now()
    context = desk_context(
        request,
        "Reports",
        subjects=SUBJECTS,
        period=MonthsForm({}).chosen(),
        table_page=reverse("books_report", args=("readers",)),
        revenue=[{"text": words(money), "currency": money.currency} for money in mrr_now(at=now)],
        reports=[by_plan(at=now), by_right(at=now)],
    )
    return render(request, "subscriptions/reports.html", context)


@desk_page(PERMISSION)
@require_safe
def subject(request: HttpRequest, name: str) -> HttpResponseBase:
    """`period` (3m, 12m, 24m, year) or `since` and `until`; `format=csv` with `report` gives one table."""
    if name not in SUBJECTS:
        raise Http404
    form = MonthsForm(request.GET)
    if request.GET.get("format") == "csv":
        return _table(form, SUBJECTS[name], request.GET.get("report", ""))
    period, about, now = form.chosen(), SUBJECTS[name], timezone.now()
    months = Months(period, at=now).labels()
    context = desk_context(
        request,
        about.title,
        form=form,
        period=period,
        name=name,
        subjects=SUBJECTS,
        subject=about,
        definition=about.definition() if about.definition else {},
        months=months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}",
        query=f"?{query}" if (query := request.GET.urlencode()) else "",
        reports=about.draw(period, at=now),
    )
    return render(request, "subscriptions/report.html", context)


def _table(form: MonthsForm, about: Subject, name: str) -> HttpResponseBase:
    if not form.is_valid():
        return HttpResponseBadRequest("This period makes no sense; choose another one on the page.")
    period = form.chosen()
    for report in about.draw(period, at=timezone.now()):
        if report.name == name:
            return csv_download(report.table(), name=f"{name}-{period.first}-{period.last}")
    raise Http404
