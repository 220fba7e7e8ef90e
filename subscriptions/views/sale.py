"""The publisher's pages about what is sold: putting it on sale, and whom the printed copy goes to."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.queries import signed_in_user
from kit.desk import desk_context, desk_page
from kit.spreadsheet import csv_download
from subscriptions.actions.labels import hand_out_labels
from subscriptions.actions.on_sale import put_on_sale
from subscriptions.labels import print_subscriptions
from subscriptions.models import Offer, PlanPrice


@desk_page("subscriptions.change_plan")
@require_http_methods(["GET", "HEAD", "POST"])
def sale(request: HttpRequest) -> HttpResponseBase:
    """What is on sale in Stripe, and a button that makes it what the plans and offers say."""
    outcome = None
    if request.method == "POST":
        outcome = put_on_sale(by=signed_in_user(request), at=timezone.now())
    context = desk_context(
        request,
        "Put on sale",
        outcome=outcome,
        prices=PlanPrice.objects.filter(is_current=True).select_related("plan").order_by("plan__position"),
        offers=Offer.objects.exclude(stripe_coupon_id=""),
        copies=print_subscriptions(at=timezone.now()).count(),
    )
    return render(request, "subscriptions/sale.html", context)


@desk_page("subscriptions.view_customer")
@require_POST
def labels(request: HttpRequest) -> HttpResponseBase:
    """The postal addresses of everyone a printed copy is due to, as a spreadsheet; who took it is noted."""
    at = timezone.now()
    rows = hand_out_labels(by=signed_in_user(request), at=at)
    return csv_download(rows, name=f"print-{at:%Y-%m-%d}")
