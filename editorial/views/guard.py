"""Who may open a page of the desk, and what every such page needs to look like the admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.queries import signed_in_user
from articles.models import Article
from editorial.queries import visible_to_staff

View = Callable[..., HttpResponseBase]


def desk_page(permission: str = "articles.view_article") -> Callable[[View], View]:
    """Let staff with `permission` in, and nobody else: visitors are led to sign in, others get 403."""

    def guard(view: View) -> View:
        @wraps(view)
        def handle(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not signed_in_user(request).has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return admin.site.admin_view(handle)

    return guard


def desk_context(request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
    """What the templates of the admin's frame expect, with the page's title; for `admin/base.html`."""
    return {**admin.site.each_context(request), "title": title, **more}


def story_at_desk(request: HttpRequest, pk: int) -> Article:
    """The story, if whoever asks may see it at the desk; otherwise 404."""
    return get_object_or_404(visible_to_staff(signed_in_user(request)).select_related("section"), pk=pk)
