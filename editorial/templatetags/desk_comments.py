"""The comments of a story on the page it is written on."""

from typing import Any

from django import template

from articles.models import Article
from editorial.models import Comment
from editorial.queries import people_at

register = template.Library()


@register.inclusion_tag("editorial/_comments.html", takes_context=True)
def desk_comments(context: dict[str, Any], article: Article) -> dict[str, Any]:
    """How many are open, and what the margin is made of, where the text may be changed (`may_edit`)."""
    threads = article.comments.filter(parent=None, state=Comment.State.OPEN)
    people = [str(person) for person in people_at(article)] if context["may_edit"] else []
    return {"story": article, "count": threads.count(), "may_edit": context["may_edit"], "people": people}
