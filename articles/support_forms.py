"""What support types for a reader's meter."""

from django import forms

MOST = 1000
"""A month; more is a subscription, which support can give as complimentary access."""


class AllowanceForm(forms.Form):
    """How many, and why."""

    allowance = forms.IntegerField(
        label="Stories a month",
        required=False,
        min_value=0,
        max_value=MOST,
        help_text="Empty: as many as everyone with an account.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=200,
        help_text="For the house: it stands in the audit trail and on the reader’s page here.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
