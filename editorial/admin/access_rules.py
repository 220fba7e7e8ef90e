"""The rules that say who may read: by section, topic, type and age, the first that fits deciding."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.validators import MaxValueValidator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from articles.models import AccessRule
from articles.queries.rules import covered_rules, stories_by_rule
from editorial.admin.audited import AuditedAdmin

MOST_MONTHS = 1200


class AccessRuleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    class Meta:
        model = AccessRule
        fields = ("name", "position", "section", "topic", "story_type", "older_than_months", "access")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "older_than_months" in self.fields:  # not for whoever may only read
            self.fields["older_than_months"].validators.append(MaxValueValidator(MOST_MONTHS))


class RuleChangeList(ChangeList):  # type: ignore[misc]  # the library has no types
    """The rules with what they come to: one query for all of them, whatever their number."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counts, covered = stories_by_rule(at=timezone.now()), covered_rules()
        for rule in self.result_list:
            rule.story_count, rule.covered_by = counts.get(rule.pk, 0), covered.get(rule.pk)


@admin.register(AccessRule)
class AccessRuleAdmin(AuditedAdmin):
    form = AccessRuleForm
    list_display = ("name", "position", "show_conditions", "access", "show_count")
    list_editable = ("position",)
    list_select_related = ("section", "topic", "story_type")
    ordering = ("position", "pk")
    sortable_by = ()  # the order is what they mean
    list_before_template = change_form_before_template = "editorial/_access_rules.html"
    autocomplete_fields = ("topic",)
    fieldsets: ClassVar = (
        (None, {"fields": (("name", "position"),)}),
        (
            "Which stories",
            {
                "fields": (("section", "topic"), ("story_type", "older_than_months")),
                "description": "A story must meet all that is given here; at least one must be.",
            },
        ),
        ("Who may read them", {"fields": ("access",)}),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RuleChangeList

    @admin.display(description="stories")
    def show_conditions(self, rule: AccessRule) -> str:
        return conditions_of(rule)

    @admin.display(description="public stories it decides now")
    def show_count(self, rule: Any) -> str | SafeString:
        if rule.covered_by is None:
            return str(rule.story_count)
        return format_html('0 <strong class="late">never applies: “{}” comes first</strong>', rule.covered_by)

    def told(self, row: AccessRule) -> str:
        return f"Order {row.position}: {conditions_of(row)}: for {row.get_access_display()}."

    def response_add(self, request: HttpRequest, obj: AccessRule, *args: Any, **kwargs: Any) -> HttpResponse:
        warn_of_covered(request, obj)
        response: HttpResponse = super().response_add(request, obj, *args, **kwargs)
        return response

    def response_change(self, request: HttpRequest, obj: AccessRule) -> HttpResponse:
        warn_of_covered(request, obj)
        response: HttpResponse = super().response_change(request, obj)
        return response


def warn_of_covered(request: HttpRequest, saved: AccessRule) -> None:
    """Name every rule that can never decide, when one was saved: it may cover others, or be covered."""
    rules = {rule.pk: rule.name for rule in AccessRule.objects.in_force()}
    for key, covering in covered_rules().items():
        if saved.name in {rules[key], covering}:
            messages.warning(
                request,
                f"“{rules[key]}” can never apply: “{covering}” comes before it and fits every story that it "
                "fits. Change their order, or its conditions.",
            )


def conditions_of(rule: AccessRule) -> str:
    """`Section Science · topic Ferries · type Interview · older than 12 months`."""
    named = (("section", rule.section), ("topic", rule.topic), ("type", rule.story_type))
    parts = [f"{name} {value}" for name, value in named if value]
    if rule.older_than_months is not None:
        parts.append(f"older than {rule.older_than_months} month{'' if rule.older_than_months == 1 else 's'}")
    told = " · ".join(parts)
    return told[:1].upper() + told[1:]
