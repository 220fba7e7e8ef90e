"""Bringing an earlier text of a story back."""

from dataclasses import replace
from datetime import datetime

from accounts.models import User
from articles.models import Article
from editorial.actions.drafts import CannotSave, save_draft
from editorial.actions.texts import AddressTaken, check_address
from editorial.content import content_at, head_content
from editorial.models import Revision
from editorial.named_rows import Remains, what_remains


def restorable(article: Article, number: int) -> Remains:
    """What restoring a revision would bring back: all of it, but for what was deleted or given away since.

    In place of a deleted section stands the one the story's row has, in place of an address that is another
    story's now the latest one.
    Raises `CannotSave` when there is no such revision.
    """
    try:
        content = content_at(article, number)
    except Revision.DoesNotExist:
        raise CannotSave(f"There is no revision {number}.") from None
    remains = what_remains(content, section=article.section_id)
    try:
        check_address(content.slug, article)
    except AddressTaken:
        kept = replace(remains.content, slug=head_content(article).slug)
        return Remains(kept, (*remains.left_out, "its address, which is another story's now"))
    return remains


def restore_revision(
    *, article: Article, number: int, by: User | None, at: datetime, base: int | None = None
) -> Revision | None:
    """Make what is left of an earlier text the latest, as a new revision that goes the same way as any edit.

    Its note says which one it was, and what had to be left out (`restorable`). Raises `CannotSave` as
    `save_draft` does, `StaleSave` if `base` is not the latest, and when there is no such revision.
    """
    remains = restorable(article, number)
    without = f" without {remains.without}" if remains.left_out else ""
    note = f"restored revision {number}{without}"
    return save_draft(article=article, content=remains.content, by=by, at=at, base=base, note=note)
