"""Inviting people without an account to a story, and ending that."""

import re
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import AuditEntry, User
from articles.models import Article, State
from editorial.actions.comments import CannotComment, add_comment, reply
from editorial.emails import guest_invitation
from editorial.models import Comment, GuestLink, ReviewStep
from editorial.queries import visible_to_staff
from editorial.queries.guests import can_vouch

USUAL_DAYS, MOST_DAYS = 7, 60
MOST_COMMENTS = 300
"""By one link, so that one that fell into the wrong hands fills no database."""
SEEN_ANEW = timedelta(minutes=1)
BREAK = re.compile(r"\s*\n\s*")
"""Between two paragraphs of a passage chosen on the page; the passage text has one line break there."""


class CannotInvite(Exception):
    """No such link for this guest by this person; the message says why. Nothing was changed."""


@transaction.atomic
def make_guest_link(
    *,
    article: Article,
    name: str,
    by: User | None,
    at: datetime,
    email: str = "",
    may_review: bool = False,
    step: ReviewStep | None = None,
    days: int = USUAL_DAYS,
) -> GuestLink:
    """Let someone outside see the latest text for some days, and comment if they `may_review`.

    With a `step` their verdict counts as that review, so it is for those who could make it themselves
    (rule W3). The letter with the address, if there is an `email`, goes out on commit; what the mail backend
    raises then comes from here, and the link stands. Raises `CannotInvite`.
    """
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    _check_may_invite(article, by)
    _check_sense(article, name, days)
    if step and by and not can_vouch(step, article, by):
        raise CannotInvite(f"The {step} is not yours to make of this text, so you cannot pass it on.")
    link = GuestLink.objects.create(
        article=article,
        name=" ".join(name.split()),
        email=email.strip(),
        may_review=may_review or step is not None,
        step=step,
        created_by=by,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    said = f"{link.name}, for {days} day{'s' if days > 1 else ''}" + (f": {step}" if step else "")
    AuditEntry.record("invite guest to story", article, by=by, at=at, reason=said)
    if link.email:
        letter = guest_invitation(link)
        transaction.on_commit(lambda: letter.send() and None)
    return link


@transaction.atomic
def revoke_guest_link(*, link: GuestLink, by: User | None, at: datetime) -> None:
    """Close a link at once; what the guest said stays. One that is closed stays so. Raises `CannotInvite`."""
    _check_may_invite(link.article, by)
    if GuestLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at):
        AuditEntry.record("revoke guest link of story", link.article, by=by, at=at, reason=link.name)
    link.refresh_from_db()


@transaction.atomic
def comment_as_guest(
    *, link: GuestLink, text: str, at: datetime, quote: str = "", thread: Comment | None = None
) -> None:
    """Say something in the margin, or answer in a thread of theirs; the same words twice count once.

    Raises `CannotComment`.
    """
    # The story before the link, as with a verdict: two of theirs at once do not wait for each other.
    Article.objects.select_for_update(no_key=True).get(pk=link.article_id)
    link = GuestLink.objects.select_for_update(of=("self",)).select_related("article").get(pk=link.pk)
    text, quote = text.strip(), BREAK.sub("\n", quote.strip())
    if link.comments.filter(text=text, quote=quote, parent=thread).exists():
        return
    if link.comments.count() >= MOST_COMMENTS:
        raise CannotComment("You have said a great deal here: please talk to the newsroom in person.")
    if thread:
        reply(comment=thread, text=text, at=at, link=link)
    else:
        add_comment(article=link.article, text=text, at=at, link=link, quote=quote)


def note_guest_seen(*, link: GuestLink, at: datetime) -> None:
    """Keep when the guest last opened the page, to the minute."""
    if link.seen_at is None or at - link.seen_at >= SEEN_ANEW:
        GuestLink.objects.filter(pk=link.pk).update(seen_at=at)


def _check_may_invite(article: Article, by: User | None) -> None:
    if by is None:
        return
    if not by.has_perm("editorial.add_guestlink"):
        raise CannotInvite("Your role does not let you invite guests.")
    if not visible_to_staff(by).filter(pk=article.pk).exists():
        raise CannotInvite("This story is not yours to show.")


def _check_sense(article: Article, name: str, days: int) -> None:
    if not name.strip():
        raise CannotInvite("Say whom the link is for.")
    if not 1 <= days <= MOST_DAYS:
        raise CannotInvite(f"A link opens for 1 to {MOST_DAYS} days.")
    if article.state == State.KILLED:
        raise CannotInvite("A killed story is shown to nobody.")
