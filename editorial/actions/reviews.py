"""What reviewers say of a text: changes to make, or their approval; theirs and a guest's alike."""

from datetime import datetime

from accounts.models import User
from articles.models import Article, State
from editorial.actions.moving import CannotMove, moving
from editorial.actions.notices import tell
from editorial.actions.states import clear_plan, set_state
from editorial.models import GuestLink, Notification, Review, ReviewStep, Verdict
from editorial.queries import authors_of, review_standing, reviewers_for
from editorial.queries.guests import can_vouch
from editorial.workflow import APPROVE, REQUEST_CHANGES, SIGN_OFF

Kind = Notification.Kind


def request_changes(*, article: Article, by: User | None, at: datetime, reason: str) -> None:
    """Return a text to its authors, saying what should change. Raises `CannotMove`."""
    with moving(article, REQUEST_CHANGES, by=by, at=at, reason=reason) as story:
        verdict = _verdict(story, Verdict.CHANGES, note=reason, at=at, by=by)
        _send_back(story, verdict, by=by, at=at)


def approve_article(
    *, article: Article, by: User | None, at: datetime, note: str = "", version: int | None = None
) -> None:
    """Make the review that is due; with the last one the text is approved (rules W2 and W3).

    `version` is the revision that they read, if it is known. Raises `CannotMove`: not in review, not this
    person's review, their own text, approved by them before, or another text by now.
    """
    with moving(article, SIGN_OFF, by=by, at=at) as story:
        _check_read(story, version)
        verdict = _verdict(story, Verdict.APPROVED, note=note, at=at, by=by)
        _settle_approval(story, verdict, by=by, at=at)


def review_as_guest(
    *, link: GuestLink, verdict: Verdict, note: str, at: datetime, version: int | None = None
) -> None:
    """The verdict of someone outside, under their name, on the review their link is for.

    `version` is the revision that the guest read, if it is known. Raises `CannotMove`: the link is closed or
    gives no say, the text is another by now or does not wait for that review, or whoever asked the guest
    could no longer make it themselves (rule W3).
    """
    if verdict == Verdict.CHANGES and not note.strip():
        raise CannotMove("Say what should change.")
    with moving(link.article, None, by=None, at=at) as story:
        link = GuestLink.objects.select_for_update().get(pk=link.pk)
        if not (link.may_review and link.is_open(at=at)):
            raise CannotMove("This link no longer lets you review.")
        due = review_standing(story).due
        if story.state != State.IN_REVIEW or due is None or due.pk != link.step_id:
            raise CannotMove("The story does not wait for your review just now.")
        _check_read(story, version)
        if verdict == Verdict.APPROVED and link.created_by and not can_vouch(due, story, link.created_by):
            raise CannotMove("Whoever invited you can no longer answer for this review: a colleague has to.")
        said = _verdict(story, verdict, note=note, at=at, link=link)
        if verdict == Verdict.APPROVED:
            _settle_approval(story, said, by=None, at=at)
        else:
            _send_back(story, said, by=None, at=at)


def _check_read(story: Article, version: int | None) -> None:
    if version not in (None, story.version):
        raise CannotMove("The text was changed since you opened this page: please read it again.")


def _verdict(
    story: Article,
    verdict: Verdict,
    *,
    note: str,
    at: datetime,
    by: User | None = None,
    link: GuestLink | None = None,
) -> Review:
    """Write down what was said of the latest text, for the review that is due."""
    due = review_standing(story).due
    if verdict == Verdict.APPROVED and due and _has_approved(story, due, by, link):
        raise CannotMove("You have approved this text already; somebody else has to as well.")
    return Review.objects.create(
        article=story,
        version=story.version,
        step=due,
        step_name=str(due or ""),
        verdict=verdict,
        note=note.strip(),
        by=by,
        by_label=f"{link.name} (guest)" if link else str(by or "system"),
        link=link,
        at=at,
    )


def _has_approved(story: Article, due: ReviewStep, by: User | None, link: GuestLink | None) -> bool:
    given = story.reviews.filter(version=story.version, verdict=Verdict.APPROVED, step=due)
    return given.filter(link=link, by=by).exists()


def _settle_approval(story: Article, review: Review, *, by: User | None, at: datetime) -> None:
    is_complete = review_standing(story).is_complete
    what = ": ".join(filter(None, (review.step_name, review.note)))
    move, who = APPROVE if is_complete else SIGN_OFF, review.by_label
    set_state(story, move, by=by, who=who, at=at, reason=what)
    if is_complete:
        tell(authors_of(story), Kind.APPROVED, story, by=by, who=who, at=at, text=review.note)
    else:
        tell(reviewers_for(story), Kind.SUBMITTED, story, by=by, who=who, at=at, text=review.note)


def _send_back(story: Article, review: Review, *, by: User | None, at: datetime) -> None:
    clear_plan(story, at=at)
    set_state(story, REQUEST_CHANGES, by=by, who=review.by_label, at=at, reason=review.note)
    tell(authors_of(story), Kind.CHANGES, story, by=by, who=review.by_label, at=at, text=review.note)
