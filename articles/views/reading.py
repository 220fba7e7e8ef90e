"""What you can read, and why: the account's own view of the paywall."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.queries import network_address, signed_in_user
from articles.explaining import explain


@never_cache
@require_safe
@login_required
def reading(request: HttpRequest) -> HttpResponse:
    """Rights, meter and gifts, and what the wall would say, from the rows that decide at it."""
    user = signed_in_user(request)
    explained = explain(user, address=network_address(request), at=timezone.now())
    return render(request, "articles/reading.html", {"explained": explained})
