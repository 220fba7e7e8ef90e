"""Small things the desk's templates need."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from accounts.models import User

register = template.Library()


@register.filter
def in_form(field: BoundField, form_id: str) -> SafeString:
    """The field as part of a form elsewhere on the page."""
    return field.as_widget(attrs={"form": form_id})


@register.filter
def initials(person: User) -> str:
    """Who it is in two or three letters: “PLM” for Pavel Lindqvist-Moor."""
    words = str(person).split("@")[0].replace("-", " ").replace(".", " ").split()
    return "".join(word[0] for word in words).upper()[:3]
