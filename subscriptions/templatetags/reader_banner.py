"""The banner, for the frame of every page."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from subscriptions.banner import banner_for

register = template.Library()

DISMISSED = "dismissed_banners"
"""Where a session keeps what its reader has waved away."""


@register.simple_tag(takes_context=True)
def reader_banner(context: dict[str, Any]) -> SafeString:
    """What a signed-in reader must be told; not one byte, and no query, for a visitor."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not isinstance(user, User) or request.path == reverse("account_overview"):
        return SafeString("")
    banner = banner_for(user, at=timezone.now())
    if banner is None or (banner.key and banner.key in request.session.get(DISMISSED, ())):
        return SafeString("")
    return render_to_string("subscriptions/_banner.html", {"banner": banner}, request)
