"""From the admin to an object's page on the site."""

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from articles.models import Article
from editorial.numbers import whole_number
from editorial.views.guard import story_at_desk


@admin.site.admin_view
@require_safe
def show(request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponseBase:
    """Django's own way; to a story only for who sees it at the desk, since its address has its headline."""
    if content_type_id == ContentType.objects.get_for_model(Article).pk:
        story_at_desk(request, whole_number(object_id) or 0)
    return shortcut(request, content_type_id, object_id)
