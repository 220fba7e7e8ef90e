"""A story in the admin for those who may read it but not change it: its text set, without the markup."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from articles.markup.render import render_body
from articles.models import Article
from articles.queries import pictures_in

AS_READ = {"body": "set_text", "byline": "signed_by"}
FOR_SAVING = ("base", "tab", "accepted_suggestions")


class StoryRead:
    """The part of the stories' admin that is for reading: the same fields in the same order.

    What it asks of `super()` and `self` is the `ModelAdmin` it stands before.
    """

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> list[tuple[Any, Any]]:
        fieldsets: list[tuple[Any, Any]] = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if obj is None or self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            return fieldsets
        return [(name, options | {"fields": as_read(options["fields"])}) for name, options in fieldsets]

    @admin.display(description="Body")
    def set_text(self, story: Article) -> SafeString:
        body = mark_safe(render_body(story.body, picture=pictures_in(story.body)))  # noqa: S308 (rendering escapes every text)
        return render_to_string("editorial/_set_text.html", {"story": story, "body": body})

    @admin.display(description="Byline")
    def signed_by(self, story: Article) -> str:
        return ", ".join(str(author) for author in story.credited_authors)


def as_read(fields: tuple[Any, ...]) -> tuple[Any, ...]:
    """The fields of a form, some of them in rows of their own, as they are read."""
    kept = (field for field in fields if field not in FOR_SAVING)
    return tuple(as_read(field) if isinstance(field, tuple) else AS_READ.get(field, field) for field in kept)
