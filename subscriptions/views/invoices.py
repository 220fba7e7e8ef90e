"""A reader's invoices and payments, from our own books."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.queries import signed_in_user
from subscriptions.receipts import invoices_of, read_receipt

PER_PAGE = 24


@never_cache
@require_GET
@login_required
def invoices(request: HttpRequest) -> HttpResponse:
    """Every invoice, newest first: what for, how much, what became of it."""
    found = invoices_of(signed_in_user(request))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    receipts = [read_receipt(invoice) for invoice in page]
    return render(request, "subscriptions/invoices.html", {"page": page, "receipts": receipts})
