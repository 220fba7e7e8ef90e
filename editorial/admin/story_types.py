"""The types of story, and the templates that stories start from."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from articles.markup.lead import plain_text
from articles.models import StoryType
from editorial.admin.audited import AuditedAdmin
from editorial.models import StoryTemplate


@admin.register(StoryType)
class StoryTypeAdmin(AuditedAdmin):
    """What kind of piece a story is. Rules of access ask for it, and a template gives it."""

    list_display = ("name", "position", "show_stories")
    list_editable = ("position",)
    search_fields = ("name",)
    fields = (("name", "position"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StoryType]:
        found: QuerySet[StoryType] = super().get_queryset(request).annotate(stories=Count("articles"))
        return found

    @admin.display(description="stories", ordering="stories")
    def show_stories(self, story_type: StoryType) -> int:
        return int(story_type.stories)  # type: ignore[attr-defined]  # annotated above


@admin.register(StoryTemplate)
class StoryTemplateAdmin(AuditedAdmin):
    """Stories begun from a template have a copy of it: what is changed here reaches none that exist."""

    list_display = ("name", "description", "story_type", "section", "show_text", "expected_words", "position")
    list_editable = ("position",)
    list_select_related = ("section", "story_type")
    search_fields = ("name", "description")
    compressed_fields = False
    fieldsets = (
        (
            None,
            {
                "fields": (("name", "position"), "description"),
                "description": "A new story from this template begins with a copy of what follows. "
                "Changing it here changes no story that exists.",
            },
        ),
        ("What it starts from", {"fields": ("standfirst", "text", "dateline_source")}),
        ("What is planned of it", {"fields": (("section", "story_type"), ("access", "expected_words"))}),
    )

    @admin.display(description="begins")
    def show_text(self, template: StoryTemplate) -> str | SafeString:
        return Truncator(plain_text(template.text)).words(8)
