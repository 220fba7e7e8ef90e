"""What someone can read and why, for the account's overview and support's page of a reader."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.models import User
from accounts.queries import network_address
from articles.explaining import explain, given_away, keys_of

register = template.Library()


@register.inclusion_tag("articles/_reading_summary.html", takes_context=True)
def reading_summary(context: dict[str, Any], user: User) -> dict[str, Any]:
    """The meter and the gifts of whoever looks at their own account."""
    address = network_address(context["request"])
    return {"explained": explain(user, address=address, at=timezone.now())}


@register.inclusion_tag("articles/_reading_facts.html", takes_context=True)
def reading_facts(context: dict[str, Any], reader: User) -> dict[str, Any]:
    """The same of any reader, for support."""
    at = timezone.now()
    return {
        "explained": explain(reader, at=at),
        "given": given_away(reader, at=at),
        "keys": keys_of(reader),
        "reader": reader,
        "perms": context["perms"],
    }
