"""What readers and staff type."""

from typing import Any

from django import forms
from django.utils import timezone

from subscriptions.models import Gift, Plan


class GiftForm(forms.Form):
    """What to give, to whom, and when it is to arrive."""

    plan = forms.ModelChoiceField(
        Plan.objects.none(), label="What you give", empty_label=None, widget=forms.RadioSelect
    )
    recipient_name = forms.CharField(
        label="For", max_length=100, help_text="Their name, as the letter greets them."
    )
    recipient_email = forms.EmailField(label="Their e-mail address")
    giver_name = forms.CharField(label="From", max_length=100, help_text="Your name, as they know you.")
    message = forms.CharField(
        label="A few words with it",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    deliver_on = forms.DateField(
        label="To arrive on",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="In the morning of that day, in our newsroom’s time zone. Today: within a minute.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = Plan.objects.on_sale().filter(is_giftable=True)
        choice = self.fields["plan"]
        choice.queryset = plans  # type: ignore[attr-defined]
        choice.label_from_instance = _in_words  # type: ignore[attr-defined]
        self.initial.setdefault("plan", plans.first())
        self.initial.setdefault("deliver_on", timezone.localdate().isoformat())


def _in_words(plan: Plan) -> str:
    return f"{plan.name}: one {plan.get_interval_display()} for {plan.price}, paid once"


class ReaddressForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Where and when a gift goes, as long as nobody has redeemed it."""

    class Meta:
        model = Gift
        fields = ("recipient_name", "recipient_email", "deliver_on")
        widgets = {"deliver_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        labels = {"recipient_name": "For", "recipient_email": "Their e-mail address"}
