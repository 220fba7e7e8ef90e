"""How a text gets into the rows: the story's own, which readers see, and the revisions."""

from datetime import datetime

from accounts.models import User
from articles.markup.lead import word_count
from articles.models import Article, FormerSlug
from editorial.content import Content, set_fields, store_relations
from editorial.models import Revision

LONGEST_NOTE = 200


class AddressTaken(Exception):
    """Another story has the address, or had it; the message says which."""


def show_text(article: Article, content: Content) -> None:
    """Give the row this text, for the caller to save; its old address keeps leading to it (rule W9)."""
    former = article.slug
    set_fields(article, content)
    if article._state.adding:  # noqa: SLF001 (Django's documented API)
        article.save()
    store_relations(article, content)
    if former and former != article.slug:
        FormerSlug.objects.filter(slug=article.slug, article=article).delete()
        if article.first_published_at:
            FormerSlug.objects.get_or_create(slug=former, defaults={"article": article})


def check_address(slug: str, article: Article | None = None) -> None:
    """Raise `AddressTaken` unless the slug is free for this story; an old address stays its story's."""
    own = article.pk if article else 0
    if Article.objects.exclude(pk=own).filter(slug=slug).exists():
        raise AddressTaken("Another story has this address; choose a different one.")
    if FormerSlug.objects.exclude(article=own).filter(slug=slug).exists():
        raise AddressTaken("Another story had this address before; choose a different one.")


def keep_revision(
    article: Article, content: Content, *, by: User | None, at: datetime, note: str = ""
) -> Revision:
    """Write the row's latest version down."""
    return Revision.objects.create(
        article=article,
        number=article.version,
        content=content.as_json(),
        word_count=word_count(content.body),
        by=by,
        by_label=str(by) if by else "system",
        at=at,
        state=article.state,
        note=note[:LONGEST_NOTE],
    )
