"""The plan of a story, above its text in the admin."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.models import User
from articles.models import Article
from editorial.queries import can_plan, planned

register = template.Library()


@register.inclusion_tag("editorial/_plan.html", takes_context=True)
def desk_plan(context: dict[str, Any], article: Article) -> dict[str, Any]:
    """What is planned, what is late, and for whom it is theirs to change the way there."""
    user: User = context["request"].user
    story = planned(Article.objects.filter(pk=article.pk), at=timezone.now()).get()
    return {
        "story": story,
        "plan": getattr(story, "assignment", None),
        "may_plan": user.has_perm("articles.change_article") and can_plan(story, user),
    }
