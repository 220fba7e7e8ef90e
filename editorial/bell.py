"""The bell in the head of every page of the admin, with how much is unread."""

from typing import Any

from django.contrib.admin.options import IS_POPUP_VAR
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from accounts.models import User
from editorial.queries.notifications import unread_label


def add_bell(request: HttpRequest) -> dict[str, Any]:
    """Where the admin's frame asks for what else goes into its head; counts only if the page shows it."""
    user = request.user
    if not isinstance(user, User) or not user.is_staff or IS_POPUP_VAR in request.GET:
        return {}
    return {"bell": SimpleLazyObject(lambda: _bell(user))}


def _bell(user: User) -> SafeString:
    return render_to_string("editorial/_bell.html", {"unread": unread_label(user)})
