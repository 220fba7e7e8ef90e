"""Forms of the desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from articles.models import Article, Author, FormerSlug
from editorial.actions import Placing, free_slug
from editorial.content import PLAIN, Content
from editorial.numbers import whole_number

PLACED = ("access", "story_type", "prominence", "embargo_until", "unpublish_at")
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]


class OrderedChoices(AutocompleteSelectMultiple):
    """Several rows in the order in which they were chosen (static/js/desk.js keeps it in the browser)."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        found = super().optgroups(name, value, attrs)
        for group in found:
            group[1].sort(key=lambda option: [str(key) for key in value].index(str(option["value"])))
        return found


class OrderedAuthorsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable
    """The authors of the byline, in its order."""

    def clean(self, value: Any) -> list[Author]:  # type: ignore[override]  # in an order of its own
        chosen = {str(author.pk): author for author in super().clean(value)}
        return [chosen[str(key)] for key in value or ()]


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The text of a story and its settings. `base` is the revision that was opened (rule W4)."""

    byline = OrderedAuthorsField(
        Author.objects.all(), required=False, help_text="In the order of the byline."
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    tab = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    accepted_suggestions = forms.CharField(required=False, widget=forms.HiddenInput)

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
        byline.widget.choices = byline.choices  # type: ignore[attr-defined]  # of a choice's widget
        self.initial["byline"] = [author.pk for author in self.instance.credited_authors]
        self.initial["base"] = self.instance.version

    def clean_slug(self) -> str:
        """Made from the headline when left empty, and when the first headline takes the place of a plan.

        An address that another story had stays that story's.
        """
        slug: str = self.cleaned_data["slug"]
        words = self.cleaned_data.get("headline")
        is_planned = not self.instance.headline and "slug" not in self.changed_data
        if words and (is_planned or not slug):
            return free_slug(words, of=self.instance)
        if not slug:
            raise forms.ValidationError("Write a headline, or an address.")
        if FormerSlug.objects.filter(slug=slug).exclude(article_id=self.instance.pk).exists():
            raise forms.ValidationError("Another story had this address before; choose a different one.")
        return slug

    def clean_accepted_suggestions(self) -> list[int]:
        """The keys of the suggested edits that static/js/desk-comments.js wrote into the text."""
        keys = self.cleaned_data["accepted_suggestions"].split(",")
        return [number for key in keys if (number := whole_number(key)) is not None]

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
        return cast("Placing", changed)


class MomentInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]  # the library has no types
    """Day and time in the newsroom's zone, as the browser's own control takes it."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> str | None:
        return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value


class MomentField(forms.DateTimeField):
    """A moment on the newsroom's clock, in an age of which every zone knows the time."""

    widget = MomentInput
    default_error_messages: ClassVar = {"invalid": "Enter a date and a time."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"input_formats": MOMENT_FORMATS, "required": False, **kwargs})

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, str) and value.strip() and not "1900" <= value.strip()[:4] <= "2999":
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class MoveForm(forms.Form):
    """What goes with a move: a moment for a planned one, a reason, words for the public."""

    when = MomentField(label="When (newsroom time)")
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
