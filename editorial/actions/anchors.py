"""Keeping the comments of a story at their passages while its text changes."""

from articles.markup.anchors import moves, passage_text
from articles.models import Article
from editorial.models import Comment


def move_anchors(article: Article, old_body: str, new_body: str) -> None:
    """Move every comment of the story from its passage in the old text to the same one in the new.

    One whose passage is gone keeps its words alone, and finds its place again when a later text has them,
    once and for the first time: a text restored, or words commented on before they were saved. Comments that
    are settled move too, so that they can be reopened; only what an accepted suggestion stood for is done.
    """
    if old_body == new_body:
        return
    comments = article.comments.filter(parent=None).exclude(quote="").exclude(state=Comment.State.ACCEPTED)
    if not (found := list(comments)):
        return
    old, new = passage_text(old_body), passage_text(new_body)
    alignment, moved = moves(old, new), []
    for comment in found:
        before = comment.passage
        if before:
            comment.passage = alignment.move(*before)
        elif comment.quote not in old and new.count(comment.quote) == 1:
            start = new.index(comment.quote)
            comment.passage = start, start + len(comment.quote)
        if comment.passage != before:
            moved.append(comment)
    Comment.objects.bulk_update(moved, ["start", "end"])
