"""What stories of a type start from."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from articles.markup.lead import plain_text
from editorial.admin.audited import AuditedAdmin
from editorial.models import StoryTemplate


@admin.register(StoryTemplate)
class StoryTemplateAdmin(AuditedAdmin):
    """Stories begun from a type have a copy of it: what is changed here reaches none that exist."""

    list_display = ("name", "description", "section", "show_text", "expected_words", "position")
    list_editable = ("position",)
    list_select_related = ("section",)
    search_fields = ("name", "description")
    compressed_fields = False
    fieldsets = (
        (
            None,
            {
                "fields": (("name", "position"), "description"),
                "description": "A new story of this type begins with a copy of what follows. "
                "Changing it here changes no story that exists.",
            },
        ),
        ("What it starts from", {"fields": ("standfirst", "text", "dateline_source")}),
        ("What is planned of it", {"fields": (("section", "access", "expected_words"),)}),
    )

    @admin.display(description="begins")
    def show_text(self, template: StoryTemplate) -> str | SafeString:
        return Truncator(plain_text(template.text)).words(8)
