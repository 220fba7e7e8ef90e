"""Forms of the desk."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import User
from articles.models import Article, Author, FormerSlug, Section
from editorial.actions import Placing
from editorial.content import PLAIN, Content
from editorial.models import Priority, StoryTemplate

PLACED = ("access", "prominence", "embargo_until", "unpublish_at")
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
LONG_LIST = 20
"""More choices than this get a field to search them by."""


class OrderedChoices(AutocompleteSelectMultiple):
    """Several rows in the order in which they were chosen (static/js/desk.js keeps it in the browser)."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        found = super().optgroups(name, value, attrs)
        for group in found:
            group[1].sort(key=lambda option: [str(key) for key in value].index(str(option["value"])))
        return found


class OrderedAuthorsField(forms.ModelMultipleChoiceField):
    """The authors of the byline, in its order."""

    def clean(self, value: Any) -> list[Author]:
        chosen = {str(author.pk): author for author in super().clean(value)}
        return [chosen[str(key)] for key in value or ()]


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The text of a story and its settings. `base` is the revision that was opened (rule W4)."""

    byline = OrderedAuthorsField(
        Author.objects.all(), required=False, help_text="In the order of the byline."
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    tab = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = ("headline",)
        widgets = {"standfirst": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:  # not for whoever may only read
            self.fields["slug"].required = False
        for name in set(PLACED) & set(self.fields):
            self.fields[name].show_hidden_initial = True  # a stale page takes back nobody's placing
        byline = self.fields["byline"]
        byline.widget = OrderedChoices(Article._meta.get_field("authors"), admin.site)  # noqa: SLF001 (Django's documented API)
        byline.widget.choices = byline.choices  # type: ignore[attr-defined]
        self.initial["byline"] = [author.pk for author in self.instance.credited_authors]
        self.initial["base"] = self.instance.version

    def clean_slug(self) -> str:
        """Made from the headline when left empty. An address that another story had stays that story's."""
        words = self.cleaned_data.get("headline") or self.data.get("slugline", "")
        slug: str = self.cleaned_data["slug"] or slugify(words)[:200]
        if not slug:
            raise forms.ValidationError("Write a headline, or an address.")
        if FormerSlug.objects.filter(slug=slug).exclude(article_id=self.instance.pk).exists():
            raise forms.ValidationError("Another story had this address before; choose a different one.")
        return slug

    def content(self) -> Content:
        """The text as it was typed."""
        given = self.cleaned_data
        picture = given["lead_picture"]
        return Content(
            **{name: given[name] for name in PLAIN},
            section=given["section"].pk,
            topics=tuple(topic.pk for topic in given["topics"]),
            authors=tuple(author.pk for author in given["byline"]),
            lead_picture=picture.pk if picture else None,
        )

    def placing(self) -> Placing:
        """The settings that were changed."""
        changed = {name: self.cleaned_data[name] for name in PLACED if name in self.changed_data}
        return Placing(**changed)  # type: ignore[typeddict-item]  # names of PLACED


class MomentInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """Day and time in the newsroom's zone, as the browser's own control takes it."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> str | None:
        return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value


class MoveForm(forms.Form):
    """What goes with a move: a moment for a planned one, a reason, words for the public."""

    when = forms.DateTimeField(
        required=False,
        label="When (newsroom time)",
        widget=MomentInput,
        input_formats=MOMENT_FORMATS,
    )
    note = forms.CharField(
        required=False, label="Note", max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    notice = forms.CharField(
        required=False,
        label="Notice for readers",
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    prefix = "move"

    def clean_when(self) -> datetime | None:
        when: datetime | None = self.cleaned_data["when"]
        if when and when <= timezone.now():
            raise forms.ValidationError("This moment has passed; publish now, or choose one to come.")
        return when


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
    due_at = forms.DateTimeField(
        required=False, label="Due (newsroom time)", widget=MomentInput, input_formats=MOMENT_FORMATS
    )
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
        max_length=80, help_text="The desk's working name.", widget=UnfoldAdminTextInputWidget
    )
    section = forms.ModelChoiceField(Section.objects.all(), widget=UnfoldAdminSelectWidget)
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

    when = forms.DateTimeField(
        required=False, label="When (newsroom time)", widget=MomentInput, input_formats=MOMENT_FORMATS
    )
