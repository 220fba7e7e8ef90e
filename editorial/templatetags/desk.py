"""Small things the desk's templates need."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def in_form(field: BoundField, form_id: str) -> SafeString:
    """The field as part of a form elsewhere on the page."""
    return field.as_widget(attrs={"form": form_id})
