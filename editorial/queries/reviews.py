"""How far the reviews of a story have come: counted from the rows for its latest text alone."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from articles.models import Article
from editorial.content import head_content
from editorial.models import Review, ReviewPath, ReviewStep, Verdict


@dataclass(frozen=True)
class StepStanding:
    """One review of the path, with the approvals it has for the latest text."""

    step: ReviewStep
    approvals: tuple[Review, ...]

    @property
    def is_done(self) -> bool:
        return len({person_behind(review) for review in self.approvals}) >= self.step.approvals


@dataclass(frozen=True)
class ReviewStanding:
    """The path of a story's section and what is done of it; with no steps nothing is ever approved."""

    steps: tuple[StepStanding, ...] = ()
    needs_two_people: bool = False

    @property
    def people(self) -> int:
        """How many people of the house answer for the approvals."""
        return len({person_behind(review) for step in self.steps for review in step.approvals})

    @property
    def due(self) -> ReviewStep | None:
        """The review whose turn it is; none when all is approved."""
        for standing in self.steps:
            if not standing.is_done:
                return standing.step
        if self.steps and self.needs_two_people and self.people < 2:
            return self.steps[-1].step
        return None

    @property
    def is_complete(self) -> bool:
        return bool(self.steps) and self.due is None


def person_behind(review: Review) -> int | None:
    """Who of the house answers for a review: for a guest's, whoever asked the guest."""
    return review.link.created_by_id if review.link else review.by_id


def path_for(section_id: int) -> ReviewPath | None:
    """The section's own path, otherwise the house's."""
    either = Q(section=section_id) | Q(section=None)
    paths = ReviewPath.objects.filter(either).prefetch_related("steps__group")
    return max(paths, key=lambda path: path.section_id is not None, default=None)


def review_standing(article: Article) -> ReviewStanding:
    """What the path of the latest text's section asks for, and what of it that very text has."""
    path = path_for(head_content(article).section)
    if path is None:
        return ReviewStanding()
    counted = counted_approvals(article, needs_two_people=path.needs_two_people)
    steps = tuple(
        StepStanding(step, tuple(review for review in counted if review.step_id == step.pk))
        for step in path.steps.all()
    )
    return ReviewStanding(steps, path.needs_two_people)


def counted_approvals(article: Article, *, needs_two_people: bool) -> list[Review]:
    """The approvals of the latest text; where two people are needed, none by who wrote any of it."""
    approvals = article.reviews.filter(version=article.version, verdict=Verdict.APPROVED)
    found = list(approvals.select_related("link", "by"))
    if not needs_two_people:
        return found
    latest = article.revisions.filter(number__gt=article.public_version or 0)
    writers = set(latest.exclude(by=None).values_list("by_id", flat=True))
    return [review for review in found if person_behind(review) not in writers]


def reviewers_for(article: Article) -> QuerySet[User]:
    """The people whose review is due, for telling them."""
    due = review_standing(article).due
    if due is None:
        return User.objects.none()
    return User.objects.filter(groups=due.group_id, is_active=True, is_staff=True)


def belongs_to(step: ReviewStep | None, user: User) -> bool:
    """Whether a review is this person's to make."""
    return step is not None and (user.is_superuser or user.groups.filter(pk=step.group_id).exists())
