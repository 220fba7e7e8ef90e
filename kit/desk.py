"""Pages of our own beside the admin's forms: who may open one, and what it needs to look like the admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


def desk_page(permission: str) -> Callable[[View], View]:
    """Let staff with `permission` in, and nobody else: visitors are led to sign in, others get 403."""

    def guard(view: View) -> View:
        @wraps(view)
        def handle(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.has_perm(permission):  # admin_view lets no visitor in
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return admin.site.admin_view(handle)

    return guard


def desk_context(request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
    """What the templates of the admin's frame expect, with the page's title; for `admin/base.html`."""
    return {**admin.site.each_context(request), "title": title, **more}
