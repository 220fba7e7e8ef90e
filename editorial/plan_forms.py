"""Forms of planning: beginning a story, changing its plan, moving it in the calendar."""

from typing import Any

from django import forms
from django.db.models import Q
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import User
from articles.models import Section
from editorial.forms import MomentField
from editorial.models import Priority, StoryTemplate

LONG_LIST = 20
"""More choices than this get a field to search them by."""


class PlanForm(forms.Form):
    """What is planned of a story. `current` is whoever has it now: they can keep it."""

    brief = forms.CharField(
        required=False,
        max_length=4000,
        help_text="What the story is to be about.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    assignee = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="Nobody yet", widget=UnfoldAdminSelectWidget
    )
    due_at = MomentField(label="Due (newsroom time)")
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, initial=Priority.NORMAL, widget=UnfoldAdminSelectWidget
    )
    expected_words = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100_000,
        label="Expected length in words",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, by: User, current: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Q(is_staff=True, is_active=True)
        if not by.has_perm("articles.edit_any_article"):
            offered &= Q(pk=by.pk)
        if current:
            offered |= Q(pk=current.pk)
        people, field = User.objects.filter(offered), self.fields["assignee"]
        assert isinstance(field, forms.ModelChoiceField)
        if people.count() > LONG_LIST:
            field.widget = UnfoldAdminSelect2Widget()
        field.queryset = people.order_by("name", "email")


class BeginForm(PlanForm):
    """A new story: its working name and section, what it starts from, and what is planned of it."""

    slugline = forms.CharField(
        max_length=80,
        help_text="The desk's working name; the headline comes later.",
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True}),
    )
    section = forms.ModelChoiceField(
        Section.objects.all(), empty_label="Choose a section", widget=UnfoldAdminSelectWidget
    )
    template = forms.ModelChoiceField(
        StoryTemplate.objects.all(),
        required=False,
        label="Type of story",
        empty_label="An empty page",
        widget=UnfoldAdminSelectWidget,
    )

    field_order = ("slugline", "section", "template")


class MomentForm(forms.Form):
    """A moment in the newsroom's zone, for moving something in the calendar; empty for no due time."""

    when = MomentField(label="When (newsroom time)")
