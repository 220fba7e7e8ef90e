"""What readers and staff type."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from subscriptions.countries import country_choices
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


class AddressForm(forms.Form):
    """Where printed copies go: Stripe's parts of an address, with what browsers fill in by (WCAG 1.3.5)."""

    name = forms.CharField(
        label="Name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "shipping name"})
    )
    line1 = forms.CharField(
        label="Street and number",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "shipping address-line1"}),
    )
    line2 = forms.CharField(
        label="Flat, floor, company",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "shipping address-line2"}),
    )
    postal_code = forms.CharField(
        label="Postal code",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "shipping postal-code"}),
    )
    city = forms.CharField(
        label="Town",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "shipping address-level2"}),
    )
    state = forms.CharField(
        label="State or province",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "shipping address-level1"}),
    )
    country = forms.ChoiceField(
        label="Country", widget=forms.Select(attrs={"autocomplete": "shipping country"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose a country"), *country_choices(settings.PRINT_COUNTRIES)]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]

    @property
    def address(self) -> dict[str, str]:
        """Without the name, every part: an empty one clears what was there."""
        return {part: value for part, value in self.cleaned_data.items() if part != "name"}
