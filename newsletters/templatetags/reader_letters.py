"""The letters of the lists that one reader was sent, for pages of other apps."""

from django import template
from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from newsletters.models import Delivery, EditionCopy

register = template.Library()

LATEST = 20


@register.simple_tag
def deliveries_to(user: User) -> QuerySet[Delivery]:
    """The newest messages to a reader, each with its `edition` and the `subject` it went out with."""
    copies = EditionCopy.objects.filter(edition=OuterRef("edition"), variant=OuterRef("variant"))
    rows = Delivery.objects.filter(user=user).select_related("edition__newsletter")
    return rows.annotate(subject=Subquery(copies.values("subject")[:1])).order_by("-pk")[:LATEST]
