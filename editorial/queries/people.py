"""Who may do what to which story."""

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from articles.models import Article, Byline, State
from editorial.models import Assignment, ReviewStep, Revision

WRITING = (State.DRAFT, State.CHANGES_REQUESTED)
UNDER_REVIEW = (State.IN_REVIEW, State.APPROVED, State.SCHEDULED)
SINCE_PUBLICATION = Q(number__gt=Coalesce(F("article__public_version"), 0))
"""Revisions later than the text readers see."""
PLANNED = Q(number=1, content__headline="")
"""The revision that a plan begins with: no text of anybody's yet, but for that of the story's type."""


def is_own(article: Article, user: User) -> bool:
    """Whether the story is the user's: begun by them, assigned to them, or carrying their byline."""
    return own_stories(Article.objects.filter(pk=article.pk), user).exists()


def own_stories(stories: QuerySet[Article], user: User) -> QuerySet[Article]:
    """Those of the stories that are the user's own."""
    return stories.filter(_is_own(user))


def has_written(article: Article, user: User) -> bool:
    """Whether the latest text is the user's own, so that they cannot approve it (rule W3).

    Own is a story of theirs (`is_own`), one whose text they saved while it was being written, and one that
    has had their byline since it was last published, even if it was taken off again. Who only planned a story
    and gave it to somebody else has written nothing of it.
    """
    return bool(written_by(user, [article]))


def written_by(user: User, articles: Sequence[Article]) -> set[int]:
    """The keys of those that `has_written` is true of, in as many queries for one as for a thousand."""
    keys = [article.pk for article in articles]
    latest = Revision.objects.filter(SINCE_PUBLICATION, article__in=keys).exclude(PLANNED)
    own = own_stories(Article.objects.filter(pk__in=keys), user).exclude(_is_handed_on(user))
    written = set(own.values_list("pk", flat=True))
    written |= set(latest.filter(by=user, state__in=WRITING).values_list("article_id", flat=True))
    author = getattr(user, "author", None)
    if author:
        named = latest.values_list("article_id", "content__authors")
        written |= {key for key, authors in named if author.pk in authors}
    return written


def has_changed(article: Article, user: User) -> bool:
    """Whether the user saved any of the text since the story was last published, in review too."""
    return bool(changed_by(user, [article]))


def changed_by(user: User, articles: Sequence[Article]) -> set[int]:
    """The keys of those that `has_changed` is true of."""
    keys = [article.pk for article in articles]
    latest = Revision.objects.filter(SINCE_PUBLICATION, article__in=keys, by=user).exclude(PLANNED)
    return set(latest.values_list("article_id", flat=True))


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
    seen = _is_own(user) | Q(public_version__isnull=False)
    if ReviewStep.objects.filter(group__user=user).exists():
        seen |= Q(state__in=UNDER_REVIEW)
    return stories.filter(seen)


def _is_own(user: User) -> Q:
    """Looked up story by story: a list of fifty need not find out about all the others first."""
    return (
        Q(created_by=user)
        | Q(Exists(Assignment.objects.filter(article=OuterRef("pk"), assignee=user)))
        | Q(Exists(Byline.objects.filter(article=OuterRef("pk"), author__user=user)))
    )


def _is_handed_on(user: User) -> Q:
    """Begun by the user, given to somebody else, and without the user's byline."""
    plans = Assignment.objects.filter(article=OuterRef("pk"), assignee__isnull=False).exclude(assignee=user)
    bylines = Byline.objects.filter(article=OuterRef("pk"), author__user=user)
    return Q(created_by=user) & Q(Exists(plans)) & ~Q(Exists(bylines))


def authors_of(article: Article) -> QuerySet[User]:
    """The people whose story it is, for telling them."""
    return User.objects.filter(
        Q(pk=article.created_by_id) | Q(assignments__article=article) | Q(author__in=article.authors.all()),
        is_active=True,
        is_staff=True,
    ).distinct()
