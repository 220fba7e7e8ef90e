"""What readers fill in on the pages of the site."""

from django import forms


class KeyNameForm(forms.Form):
    name = forms.CharField(
        label="Where will you read it?",
        max_length=80,
        help_text="For instance: the feed reader on my phone. You will know it again by this name.",
    )
