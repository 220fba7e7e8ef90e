"""The guests of a story, beside it in the admin."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.models import User
from articles.models import Article, State
from editorial.queries.guests import can_see_address, guest_links_of
from editorial.tokens import guest_url

register = template.Library()


@register.inclusion_tag("editorial/_guests.html", takes_context=True)
def desk_guests(context: dict[str, Any], article: Article) -> dict[str, Any]:
    """Each link with what became of it; its address only for those who may act through it."""
    user: User = context["request"].user
    now, guests = timezone.now(), []
    for link in guest_links_of(article):
        is_open = link.is_open(at=now) and article.state != State.KILLED
        url = guest_url(link) if is_open and can_see_address(link, user) else ""
        guests.append({"link": link, "is_open": is_open, "url": url, "said": link.reviews.all()})
    may_invite = user.has_perm("editorial.add_guestlink") and article.state != State.KILLED
    return {"story": article, "guests": guests, "may_invite": may_invite}
