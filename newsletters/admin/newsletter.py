"""The letters there are."""

from typing import Any

from django.contrib import admin
from django.db.models import (
    Case,
    Count,
    IntegerField,
    ManyToManyField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from newsletters.models import Newsletter, Preference, SignUp
from newsletters.queries import audience_sizes
from subscriptions.models import Plan

WHO = (
    "Somebody’s own word always counts: who unsubscribed gets it no more, whatever stands here. Nobody gets "
    "letters who pauses them, unsubscribed from everything, or whose address does not take mail."
)


@admin.register(Newsletter)
class NewsletterAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = (
        "name",
        "goes_to",
        "is_offered",
        "is_active",
        "show_readers",
        "show_asked",
        "show_declined",
        "show_waiting",
    )
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "description", "is_active")}),
        ("Who gets it", {"fields": ("goes_to", "plans"), "description": WHO}),
        (
            "Where readers find it",
            {
                "fields": ("is_offered", "position"),
                "description": "A letter that is not offered goes only to those it goes to unasked.",
            },
        ),
        ("What is in it", {"fields": ("stories_per_section",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Newsletter]:
        """The counts are for the list alone; they take the same few queries for any number of letters."""
        letters: QuerySet[Newsletter] = super().get_queryset(request)
        if (
            not request.resolver_match
            or request.resolver_match.url_name != "newsletters_newsletter_changelist"
        ):
            return letters
        sizes = audience_sizes(letters, at=timezone.now())
        cases = [When(pk=pk, then=Value(size)) for pk, size in sizes.items()]
        said = Preference.objects.filter(newsletter=OuterRef("pk"))
        asked = SignUp.newsletters.through.objects.filter(newsletter=OuterRef("pk"))
        return letters.annotate(
            readers=Case(*cases, default=Value(0), output_field=IntegerField()),
            asked=_counted(said.filter(is_wanted=True)),
            declined=_counted(said.filter(is_wanted=False)),
            waiting=_counted(asked.filter(signup__confirmed_at=None)),
        )

    @display(description="would get it now", ordering="readers")  # type: ignore[untyped-decorator]
    def show_readers(self, letter: Any) -> str:
        return f"{letter.readers:,}"

    @display(description="asked for it", ordering="asked")  # type: ignore[untyped-decorator]
    def show_asked(self, letter: Any) -> str:
        return f"{letter.asked:,}"

    @display(description="said no", ordering="declined")  # type: ignore[untyped-decorator]
    def show_declined(self, letter: Any) -> str:
        return f"{letter.declined:,}"

    @display(description="to be confirmed", ordering="waiting")  # type: ignore[untyped-decorator]
    def show_waiting(self, letter: Any) -> str:
        return f"{letter.waiting:,}"

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelMultipleChoiceField[Plan] | None":
        """The plans are few: boxes to tick."""
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        field: ModelMultipleChoiceField[Plan] | None = super().formfield_for_manytomany(
            db_field, request, **kwargs
        )
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Newsletter | None = None) -> tuple[str, ...]:
        """The address stands in mail that has gone out."""
        return ("slug",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Newsletter | None = None
    ) -> dict[str, tuple[str, ...]]:
        return {} if obj else {"slug": ("name",)}


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """How many of `rows` each letter has."""
    counts = rows.order_by().values("newsletter").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counts), 0)
