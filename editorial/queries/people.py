"""Who may do what to which story."""

from django.db.models import Q, QuerySet

from accounts.models import User
from articles.models import Article, State
from editorial.models import ReviewStep

WRITING = (State.DRAFT, State.CHANGES_REQUESTED)
UNDER_REVIEW = (State.IN_REVIEW, State.APPROVED, State.SCHEDULED)


def is_own(article: Article, user: User) -> bool:
    """Whether the story is the user's: begun by them, assigned to them, or carrying their byline."""
    return (
        article.created_by_id == user.pk
        or article.authors.filter(user=user).exists()
        or Article.objects.filter(pk=article.pk, assignment__assignee=user).exists()
    )


def has_written(article: Article, user: User) -> bool:
    """Whether the latest text is the user's own, so that they cannot approve it (rule W3).

    Own is a story of theirs (`is_own`), one whose text they saved while it was being written, and one that
    has had their byline since it was last published, even if it was taken off again.
    """
    if is_own(article, user):
        return True
    latest = article.revisions.filter(number__gt=article.public_version or 0)
    if latest.filter(by=user, state__in=WRITING).exists():
        return True
    author = getattr(user, "author", None)
    return author is not None and any(
        author.pk in named for named in latest.values_list("content__authors", flat=True)
    )


def has_changed(article: Article, user: User) -> bool:
    """Whether the user saved any of the text since the story was last published, in review too."""
    return article.revisions.filter(number__gt=article.public_version or 0, by=user).exists()


def can_edit(article: Article, user: User) -> bool:
    """Whether this person may change the text as the story stands now.

    Writers change their own before review and begin a working draft of their own public stories; editors
    every story but a scheduled one, which is the publishers'. Nobody changes a killed one.
    """
    if article.state == State.KILLED or not user.has_perm("articles.change_article"):
        return False
    if article.state == State.SCHEDULED:
        return user.has_perm("articles.publish_article")
    if user.has_perm("articles.edit_any_article"):
        return True
    return article.state in (*WRITING, State.PUBLISHED, State.UNPUBLISHED) and is_own(article, user)


def can_place(article: Article, user: User) -> bool:
    """Whether this person may change who may read a story, its place and its embargo."""
    if article.published_at is not None:
        return user.has_perm("articles.publish_article")
    return can_edit(article, user)


def visible_to_staff(user: User) -> QuerySet[Article]:
    """The stories that someone at the desk sees.

    Editors all; others their own, what is public, and what is under review if they belong to a review.
    """
    stories = Article.objects.all()
    if user.has_perm("articles.edit_any_article"):
        return stories
    seen = (
        Q(created_by=user)
        | Q(assignment__assignee=user)
        | Q(authors__user=user)
        | Q(public_version__isnull=False)
    )
    if ReviewStep.objects.filter(group__user=user).exists():
        seen |= Q(state__in=UNDER_REVIEW)
    return stories.filter(pk__in=Article.objects.filter(seen).values("pk"))


def authors_of(article: Article) -> QuerySet[User]:
    """The people whose story it is, for telling them."""
    return User.objects.filter(
        Q(pk=article.created_by_id) | Q(assignments__article=article) | Q(author__in=article.authors.all()),
        is_active=True,
        is_staff=True,
    ).distinct()
