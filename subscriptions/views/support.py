"""The support desk: finding a reader, and one page with all that is known of them."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from kit.desk import desk_context, desk_page
from subscriptions.readers import LATEST, dossier_of
from subscriptions.search import find_readers, trouble

MAY_SEE = "subscriptions.view_subscription"
BY_ID = ("cus_", "sub_", "in_", "pi_", "ch_")
DASHBOARD = "https://dashboard.stripe.com"


@never_cache
@desk_page(MAY_SEE)
@require_safe
def readers(request: HttpRequest) -> HttpResponseBase:
    """Search; who may need help while nothing is typed. An id of Stripe's leads right to its reader."""
    asked = request.GET.get("q", "").strip()
    found = find_readers(asked)
    if len(found) == 1 and asked.startswith(BY_ID):
        return redirect("support_reader", found[0].user.pk)
    context = desk_context(request, "Readers", asked=asked, found=found, trouble=None if asked else trouble())
    return render(request, "subscriptions/support.html", context)


@never_cache
@desk_page(MAY_SEE)
@require_safe
def reader(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All about one reader."""
    user = get_object_or_404(User, pk=pk)
    dossier = dossier_of(user, at=timezone.now())
    context = desk_context(
        request,
        str(user),
        dossier=dossier,
        reader=user,
        latest=LATEST,
        older=f"{LATEST}:",
        dashboard=DASHBOARD if settings.STRIPE_LIVEMODE else f"{DASHBOARD}/test",
    )
    return render(request, "subscriptions/support_reader.html", context)
