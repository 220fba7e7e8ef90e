"""The form by which someone at the desk invites a guest."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import User
from articles.models import Article
from editorial.actions.guests import MOST_DAYS, USUAL_DAYS
from editorial.models import ReviewStep
from editorial.queries.guests import steps_to_vouch_for


class GuestForm(forms.Form):
    """Whom the link is for, what they may do and for how long."""

    name = forms.CharField(
        max_length=120,
        help_text="What they say stands under this name.",
        widget=UnfoldAdminTextInputWidget,
    )
    email = forms.EmailField(
        required=False,
        label="E-mail address",
        help_text="The link is mailed there. Empty: copy it and pass it on yourself.",
        widget=UnfoldAdminEmailInputWidget,
    )
    may_review = forms.BooleanField(required=False, label="May comment")
    step = forms.ModelChoiceField(
        ReviewStep.objects.none(),
        required=False,
        label="Their verdict counts as",
        empty_label="No review: they only look, or comment",
        help_text="Reviews that you could make of this text yourself. You answer for the guest.",
        widget=UnfoldAdminSelectWidget,
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        label="Opens for days",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, article: Article, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps, field = [step.pk for step in steps_to_vouch_for(article, by)], self.fields["step"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ReviewStep.objects.filter(pk__in=steps)
