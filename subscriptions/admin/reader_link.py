"""From a row of the admin to its reader's page."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User


def link_to_reader(user: User) -> SafeString:
    """A link to the support page of a reader."""
    address = reverse("support_reader", args=(user.pk,))
    return format_html('<a href="{}" aria-label="All about {}">All about them</a>', address, user)
