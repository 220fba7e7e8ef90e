"""The form by which someone says how to be mailed."""

from typing import Any

from django import forms

from editorial.models import Notification, NotificationSetting


class NotificationForm(forms.Form):
    """A choice for each kind of notification, under the kind's name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Notification.Kind:
            self.fields[kind.value] = forms.ChoiceField(
                choices=NotificationSetting.Mail.choices,
                label=kind.label[0].upper() + kind.label[1:],
                widget=forms.RadioSelect,
            )

    @property
    def chosen(self) -> dict[Notification.Kind, NotificationSetting.Mail]:
        """Once the form is valid: how to mail about each kind."""
        return {kind: NotificationSetting.Mail(self.cleaned_data[kind.value]) for kind in Notification.Kind}
