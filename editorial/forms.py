"""Forms of the desk."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms import BaseInlineFormSet
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.models import User
from articles.models import FormerSlug


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    class Meta:
        widgets = {"standfirst": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def clean_slug(self) -> str:
        """An address that another story had stays that story's, so that old links keep leading to it."""
        slug: str = self.cleaned_data["slug"]
        if FormerSlug.objects.filter(slug=slug).exclude(article_id=self.instance.pk).exists():
            raise forms.ValidationError("Another story had this address before; choose a different one.")
        return slug


class BylineFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # not subscriptable at run time
    """The bylines of a story; `user` is whoever changes them."""

    user: User

    def clean(self) -> None:
        """Nobody takes their name off a story that another began, and then approves it (rule W3)."""
        super().clean()
        rows = [form.cleaned_data for form in self.forms if not form.errors]
        kept = [row["author"] for row in rows if "author" in row and not row.get("DELETE")]
        is_still_theirs = self.instance.created_by_id == self.user.pk or any(
            author.user_id == self.user.pk for author in kept
        )
        was_theirs = self.instance.pk and self.instance.authors.filter(user=self.user).exists()
        if was_theirs and not is_still_theirs:
            raise forms.ValidationError("Ask a colleague to take your name off this story.")


class MoveForm(forms.Form):
    """What goes with a move: a moment for a scheduled one, words for one sent back."""

    when = forms.DateTimeField(
        required=False,
        label="When (newsroom time)",
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local", "form": "article_form"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"],
    )
    note = forms.CharField(
        required=False,
        label="What should change",
        max_length=1000,
        widget=UnfoldAdminTextInputWidget(attrs={"form": "article_form"}),
    )

    prefix = "move"

    def __init__(self, *args: Any, is_alone: bool = False, **kwargs: Any) -> None:
        """`is_alone`: not part of the story's own form, which this person may not change."""
        super().__init__(*args, **kwargs)
        if is_alone:
            for field in self.fields.values():
                field.widget.attrs.pop("form")

    def clean_when(self) -> datetime | None:
        when: datetime | None = self.cleaned_data["when"]
        if when and when <= timezone.now():
            raise forms.ValidationError("This moment has passed; publish now, or choose one to come.")
        return when
