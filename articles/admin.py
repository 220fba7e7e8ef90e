"""What stories are filed under, and the pictures and pages of the site; stories are in `editorial.admin`."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from articles import key_admin  # noqa: F401 (registers itself)
from articles.actions.pictures import size_picture
from articles.models import Author, Leak, LeakProbe, Page, Picture, Section, Topic
from articles.pictures import image_source
from subscriptions.admin.read_only import ReadOnlyAdmin, ReadOnlyInline


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


class LeakInline(ReadOnlyInline):
    model = Leak
    fields = ("link", "reader", "article", "passage")
    readonly_fields = fields
    verbose_name_plural = "leaks"

    @admin.display(description="address")
    def link(self, leak: Leak) -> SafeString:
        return format_html('<a href="{}">{}</a>', leak.address.partition(" ")[0], leak.address)


@admin.register(LeakProbe)
class LeakProbeAdmin(ReadOnlyAdmin):
    """What the looks for leaks found; only they write it."""

    list_display = ("begun_at", "cause", "pages", "passages", "leak_count", "is_complete", "alarmed_at")
    list_filter = (("leaks", admin.EmptyFieldListFilter), "cause")
    fields = ("cause", "begun_at", "finished_at", "pages", "passages", "trouble", "alarmed_at")
    inlines = (LeakInline,)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[LeakProbe]:
        found: QuerySet[LeakProbe] = super().get_queryset(request).annotate(found=Count("leaks"))
        return found

    @admin.display(description="leaks", ordering="found")
    def leak_count(self, probe: LeakProbe) -> int:
        return int(probe.found)  # type: ignore[attr-defined]  # annotated above

    @admin.display(description="looked everywhere", boolean=True)
    def is_complete(self, probe: LeakProbe) -> bool:
        return probe.finished_at is not None and not probe.trouble
