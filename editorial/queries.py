"""Who may do what to which story."""

from django.db.models import Q, QuerySet

from accounts.models import User
from articles.models import Article, State
from editorial.workflow import APPROVE, TRANSITIONS, Transition


def is_own(article: Article, user: User) -> bool:
    """Whether the story is the user's: begun by them, or carrying their byline."""
    return article.created_by_id == user.pk or article.authors.filter(user=user).exists()


def can_edit(article: Article, user: User) -> bool:
    """Writers edit their own drafts; editors any story that is not public; publishers also public ones."""
    if not user.has_perm("articles.change_article"):
        return False
    if article.state in (State.PUBLISHED, State.SCHEDULED):
        return user.has_perm("articles.publish_article")
    if user.has_perm("articles.edit_any_article"):
        return True
    return article.state == State.DRAFT and is_own(article, user)


def visible_to_staff(user: User) -> QuerySet[Article]:
    """The stories that someone at the desk sees: writers their own and what is public, others all."""
    stories = Article.objects.all()
    if user.has_perm("articles.edit_any_article"):
        return stories
    own = Q(created_by=user) | Q(authors__user=user) | Q(state=State.PUBLISHED)
    return stories.filter(pk__in=Article.objects.filter(own).values("pk"))


def can_move(article: Article, transition: Transition, user: User) -> bool:
    """Whether the table lets this user move the story now."""
    if article.state not in transition.sources or not user.has_perm(transition.permission):
        return False
    if transition is APPROVE and is_own(article, user):
        return False
    return user.has_perm("articles.edit_any_article") or is_own(article, user)


def moves_for(article: Article, user: User) -> list[Transition]:
    """The moves to offer this user for the story as it stands."""
    return [transition for transition in TRANSITIONS if can_move(article, transition, user)]
