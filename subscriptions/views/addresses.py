"""The postal address of printed copies."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.queries import signed_in_user
from subscriptions.actions.addresses import change_address
from subscriptions.forms import AddressForm
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Customer
from subscriptions.queries import customer_of
from subscriptions.views.own import trouble_in_words
from subscriptions.views.plans import local_path


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def postal_address(request: HttpRequest) -> HttpResponse:
    """Where printed copies go, and the form to change it; `next` is the page to go on to."""
    user = signed_in_user(request)
    customer = customer_of(user)
    if customer is None:
        return redirect("plans")
    known = {"name": customer.shipping_name or user.name, **customer.shipping_address}
    form = AddressForm(request.POST or None, initial=known)
    if form.is_valid() and _keep(request, customer, form):
        return redirect(local_path(request.POST.get("next", "")) or "account_overview")
    after = local_path(request.POST.get("next") or request.GET.get("next", ""))
    status = 422 if form.errors else 200
    return render(request, "subscriptions/address.html", {"form": form, "next": after}, status=status)


def _keep(request: HttpRequest, customer: Customer, form: AddressForm) -> bool:
    try:
        change_address(
            customer=customer,
            name=form.cleaned_data["name"],
            address=form.address,
            by=signed_in_user(request),
            at=timezone.now(),
        )
    except (StripeUnavailable, StripeRefused) as trouble:
        messages.error(request, trouble_in_words(trouble))
        return False
    messages.success(request, "Your postal address is saved.")
    return True
