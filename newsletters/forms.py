"""Where readers say which letters they want."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from newsletters.actions import set_preference
from newsletters.models import Newsletter
from newsletters.queries import default_newsletter, wants


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


class PreferencesForm(forms.Form):
    """One box for each letter."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.newsletters = {f"letter_{letter.pk}": letter for letter in Newsletter.objects.active()}
        now = timezone.now()
        for name, letter in self.newsletters.items():
            initial = wants(letter, user, at=now)
            self.fields[name] = forms.BooleanField(
                required=False, initial=initial, label=letter.name, help_text=letter.description
            )

    def save(self) -> None:
        """Keep every answer that differs from what holds now."""
        now = timezone.now()
        for name, letter in self.newsletters.items():
            is_wanted = self.cleaned_data[name]
            if is_wanted != wants(letter, self.user, at=now):
                set_preference(
                    newsletter=letter, user=self.user, is_wanted=is_wanted, source="account page", at=now
                )
