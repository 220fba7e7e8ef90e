"""What stories are filed under, and the pictures and pages of the site; stories are in `editorial.admin`."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from articles.actions.pictures import size_picture
from articles.models import Author, Page, Picture, Section, Topic
from articles.pictures import image_source


class FiledAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    """Something that stories are filed under, listed with how many there are."""

    search_fields = ("name",)
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        found: QuerySet[Model] = super().get_queryset(request).annotate(stories=Count("articles"))
        return found

    @admin.display(description="stories", ordering="stories")
    def story_count(self, filed: Model) -> int:
        return int(filed.stories)  # type: ignore[attr-defined]  # annotated above


@admin.register(Section)
class SectionAdmin(FiledAdmin):
    list_display = ("name", "access", "position", "story_count")
    list_editable = ("position",)
    fields = ("name", "slug", "description", "access", "position")


@admin.register(Topic)
class TopicAdmin(FiledAdmin):
    list_display = ("name", "description", "story_count")
    fields = ("name", "slug", "description")


@admin.register(Author)
class AuthorAdmin(FiledAdmin):
    list_display = ("name", "role", "user", "story_count")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    fields = ("name", "slug", "role", "bio", "user")

    def get_readonly_fields(self, request: HttpRequest, obj: Author | None = None) -> tuple[str, ...]:
        """Whose byline it is says whose text a story is (rule W3), so the desk does not decide it."""
        return () if request.user.has_perm("accounts.change_user") else ("user",)


@admin.register(Picture)
class PictureAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = ("thumbnail", "alt", "caption", "credit", "number", "created_at")
    list_display_links = ("alt",)
    search_fields = ("alt", "caption", "credit", "file")
    fields = ("file", "alt", "caption", "credit")
    warn_unsaved_form = True

    def save_model(self, request: HttpRequest, obj: Picture, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        super().save_model(request, obj, form, change)
        if "file" in form.changed_data:
            size_picture(picture=obj)

    @admin.display(description="number", ordering="pk")
    def number(self, picture: Picture) -> int:
        """What the editor asks for when a picture is put into a text."""
        return picture.pk

    @admin.display(description="picture")
    def thumbnail(self, picture: Picture) -> SafeString:
        return format_html('<img src="{}" alt="" width="96" height="60">', image_source(picture).url)


@admin.register(Page)
class PageAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = ("title", "slug", "in_footer", "position", "changed_at")
    list_editable = ("position",)
    search_fields = ("title", "text")
    prepopulated_fields: ClassVar = {"slug": ("title",)}
    fields = ("title", "slug", "text", "in_footer", "position")
    warn_unsaved_form = True
