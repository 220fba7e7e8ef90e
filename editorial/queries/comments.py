"""Who may comment on a story, whom a comment can mention, and the threads as they are shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q, QuerySet

from accounts.models import User
from articles.models import Article, State
from editorial.models import Comment, ReviewStep
from editorial.queries.people import UNDER_REVIEW, can_edit, visible_to_staff


def can_comment(article: Article, user: User) -> bool:
    """Whether this person may say something about it: whoever sees it at the desk, until it is killed."""
    return (
        article.state != State.KILLED
        and user.has_perm("articles.view_article")
        and visible_to_staff(user).filter(pk=article.pk).exists()
    )


def can_close(comment: Comment, user: User) -> bool:
    """Whether this person may resolve or reopen a thread: whoever began it, or may change the text now."""
    return comment.by_id == user.pk or can_edit(comment.article, user)


def people_at(article: Article) -> QuerySet[User]:
    """Who sees the story at the desk, for mentioning them: `visible_to_staff` from the other side."""
    backend = ModelBackend()
    at_desk = backend.with_perm("articles.view_article").filter(is_staff=True)
    if article.public_version is not None:
        return at_desk.order_by("name", "email")
    seen = Q(pk__in=backend.with_perm("articles.edit_any_article").values("pk"))
    seen |= (
        Q(pk=article.created_by_id) | Q(assignments__article=article) | Q(author__in=article.authors.all())
    )
    if article.state in UNDER_REVIEW:
        seen |= Q(groups__in=ReviewStep.objects.values("group"))
    return at_desk.filter(pk__in=User.objects.filter(seen).values("pk")).order_by("name", "email")


def mentioned_in(text: str, people: Iterable[User]) -> list[User]:
    """Those whose name, or address where they have none, stands in the text after an @; others are just text.

    Of names that begin alike the longest counts, so “@Ada Venn-Moor” is not Ada Venn.
    """
    by_name: dict[str, list[User]] = {}
    for person in people:
        by_name.setdefault(str(person).casefold(), []).append(person)
    if not by_name:
        return []
    names = "|".join(map(re.escape, sorted(by_name, key=len, reverse=True)))
    found = re.findall(rf"(?<!\w)@({names})(?!\w)", text.casefold())
    return [person for name in dict.fromkeys(found) for person in by_name[name]]


@dataclass(frozen=True)
class Thread:
    """A comment with its replies, and what whoever looks at it may do."""

    comment: Comment
    replies: tuple[Comment, ...]
    can_reply: bool
    can_close: bool
    can_decide: bool

    @property
    def is_open(self) -> bool:
        return self.comment.state == Comment.State.OPEN

    @property
    def can_reopen(self) -> bool:
        return self.can_close and self.comment.state in (Comment.State.RESOLVED, Comment.State.REJECTED)


def threads_of(article: Article, user: User | None = None, *, only_open: bool = True) -> list[Thread]:
    """The threads in the order of their passages; those about the whole story, or left without one, first.

    `user` is the member of staff who looks at them; none is a guest, who may reply to what is open.
    """
    comments = article.comments.filter(parent=None).prefetch_related("replies")
    if only_open:
        comments = comments.filter(state=Comment.State.OPEN)
    may_talk = can_comment(article, user) if user else article.state != State.KILLED
    may_edit = user is not None and can_edit(article, user)
    threads = []
    for comment in sorted(comments, key=lambda comment: (comment.passage or (-1, -1), comment.at)):
        is_open = comment.state == Comment.State.OPEN
        is_own = user is not None and comment.by_id == user.pk
        threads.append(
            Thread(
                comment,
                tuple(comment.replies.all()),
                can_reply=may_talk and is_open,
                can_close=may_talk and (may_edit or is_own),
                can_decide=may_edit and is_open and comment.is_suggestion,
            )
        )
    return threads
