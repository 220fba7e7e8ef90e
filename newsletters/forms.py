"""Where readers say which letters they want."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from newsletters.actions import set_preference
from newsletters.models import Cadence, Newsletter
from newsletters.queries import default_newsletter, newsroom_date
from newsletters.standing import Choice, Standing

WORDS = "Send me these letters by e-mail, until I unsubscribe. Every letter has a link for that."
LONGEST_PAUSE = timedelta(days=366)


class SignupForm(forms.Form):
    """What the sign-up page asks besides address and password; never ticked beforehand (rule G5)."""

    wants_digest = forms.BooleanField(required=False, label="Send me the weekly digest")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.newsletter = default_newsletter()
        if self.newsletter is None:
            del self.fields["wants_digest"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the account exists."""
        if self.newsletter and self.cleaned_data["wants_digest"]:
            now = timezone.now()
            set_preference(newsletter=self.newsletter, user=user, is_wanted=True, source="sign-up", at=now)


class LettersForm(forms.Form):
    """Letters without an account: which, and to what address. No letter is ticked beforehand (rule G5)."""

    address = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="We write to it once, to ask whether it is yours. Letters come after you say yes.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Say where the letters are to go."},
    )
    letters = forms.ModelMultipleChoiceField(
        Newsletter.objects.offered(),
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one letter."},
    )
    page = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    words = WORDS

    @property
    def text(self) -> str:
        """What is agreed to, word for word: the sentence beside the button, and the letters' names."""
        return "\n".join([WORDS, "", *(letter.name for letter in self.cleaned_data["letters"])])


class ChoicesForm(forms.Form):
    """One box for each letter a reader may have, and how often at most."""

    def __init__(self, standing: Standing, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {choice.newsletter: choice for choice in standing.choices}
        for letter, choice in self.held.items():
            self.fields[f"letter_{letter.pk}"] = forms.BooleanField(
                required=False,
                initial=choice.is_wanted and not standing.suppression,
                label=letter.name,
                help_text=letter.description,
            )
            self.fields[f"often_{letter.pk}"] = forms.ChoiceField(
                required=False,
                initial=choice.cadence,
                label=f"How often: {letter.name}",
                choices=[(value, label[:1].upper() + label[1:]) for value, label in Cadence.choices],
            )

    def rows(self) -> Iterator[tuple[BoundField, BoundField]]:
        """The fields of each letter together, for the page."""
        for letter in self.held:
            yield self[f"letter_{letter.pk}"], self[f"often_{letter.pk}"]

    def choices(self) -> list[Choice]:
        """What was chosen."""
        data = self.cleaned_data
        return [
            Choice(letter, data[f"letter_{letter.pk}"], data[f"often_{letter.pk}"] or choice.cadence)
            for letter, choice in self.held.items()
        ]


class PauseForm(forms.Form):
    """For how long no letter is to come."""

    OTHER = "date"

    how_long = forms.ChoiceField(
        label="For how long",
        initial="2",
        choices=[
            ("1", "One week"),
            ("2", "Two weeks"),
            ("4", "Four weeks"),
            ("8", "Eight weeks"),
            (OTHER, "Until a day you name"),
        ],
    )
    until = forms.DateField(
        required=False,
        label="If until a day: which",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = newsroom_date(at)
        self.fields["until"].widget.attrs |= {
            "min": str(self.today + timedelta(days=1)),
            "max": str(self.today + LONGEST_PAUSE),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("how_long") == self.OTHER and "until" not in self.errors:
            self._check(data.get("until"))
        return data

    def _check(self, until: date | None) -> None:
        if until is None:
            self.add_error("until", "Say until which day.")
        elif until <= self.today:
            self.add_error("until", "Choose a day that is still to come.")
        elif until > self.today + LONGEST_PAUSE:
            self.add_error("until", "A year is the longest. To stop letters for good, unsubscribe from them.")

    def ends_at(self) -> datetime:
        """The beginning of the day, in the newsroom, from which letters come again."""
        named, weeks = self.cleaned_data["until"], self.cleaned_data["how_long"]
        day = named if weeks == self.OTHER else self.today + timedelta(weeks=int(weeks))
        return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
