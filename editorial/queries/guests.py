"""Guests of the desk: who may ask them, and what they said."""

from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from articles.models import Article, State
from editorial.content import head_content
from editorial.models import Comment, GuestLink, Review, ReviewStep, Verdict
from editorial.queries.people import has_changed, has_written
from editorial.queries.reviews import belongs_to, path_for, review_standing


def can_vouch(step: ReviewStep, article: Article, user: User) -> bool:
    """Whether this person may have a guest make a review in their stead: one they could make themselves.

    An author with a guest's link in hand would approve their own text (rule W3).
    """
    if not user.is_active or not belongs_to(step, user) or has_written(article, user):
        return False
    return not (review_standing(article).needs_two_people and has_changed(article, user))


def steps_to_vouch_for(article: Article, user: User) -> list[ReviewStep]:
    """The reviews of the story's path that this person may ask a guest for."""
    path = path_for(head_content(article).section)
    return [step for step in path.steps.all() if can_vouch(step, article, user)] if path else []


def guest_links_of(article: Article) -> QuerySet[GuestLink]:
    """The story's links with what their guests said, the newest first."""
    reviews = Prefetch("reviews", Review.objects.order_by("-at", "-pk"))
    return article.guest_links.select_related("step", "created_by").prefetch_related(reviews)


def can_see_address(link: GuestLink, user: User) -> bool:
    """Whether the address of a link may be shown to this person: it acts under the guest's name."""
    if not user.has_perm("editorial.add_guestlink"):
        return False
    return link.step is None or can_vouch(link.step, link.article, user)


def is_guests_turn(link: GuestLink, *, at: datetime) -> bool:
    """Whether the story waits for this guest's verdict, and they have not approved this very text."""
    story = link.article
    if not (link.step_id and link.may_review and link.is_open(at=at) and story.state == State.IN_REVIEW):
        return False
    due = review_standing(story).due
    has_approved = link.reviews.filter(version=story.version, verdict=Verdict.APPROVED).exists()
    return due is not None and due.pk == link.step_id and not has_approved


def threads_of_guest(link: GuestLink) -> QuerySet[Comment]:
    """What this guest said in the margin, with the answers; nothing else that was said there."""
    mine = Q(link=link, parent=None)
    return link.article.comments.filter(mine).prefetch_related(
        Prefetch("replies", Comment.objects.select_related("by"))
    )
