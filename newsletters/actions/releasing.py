"""Letting an edition go, and holding it back."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from accounts.models import AuditEntry, User
from kit.letters import LetterBroken
from newsletters.emails import LetterTooLong, letter_for_trial, render_edition
from newsletters.gateways import Fate, Unreachable, open_post
from newsletters.models import Edition, EditionCopy, Variant
from newsletters.queries import is_stale, visible_places


class CannotSend(Exception):
    """The edition cannot go out; the message says why, in words for an editor."""


def start_sending(*, edition: Edition, by: User | None, at: datetime, even_if_stale: bool = False) -> bool:
    """Let the edition go: keep its copies and mark it as sending; True when this call did it (rule E9).

    Sends nothing itself: call `tasks.send_edition` on commit, otherwise the sweep does. Without a person
    (`by`) an edition that is long overdue, or held, waits for one (rule E5) unless `even_if_stale`. Raises
    `CannotSend`.
    """
    with transaction.atomic():
        locked = Edition.objects.select_for_update().select_related("newsletter").get(pk=edition.pk)
        is_started = _start(locked, by, at, even_if_stale or by is not None)
    edition.refresh_from_db()
    return is_started


def _start(edition: Edition, by: User | None, at: datetime, is_confirmed: bool) -> bool:
    if edition.state not in (Edition.State.DRAFT, Edition.State.HELD):
        return False
    if not is_confirmed and edition.state == Edition.State.HELD:
        return False
    if not is_confirmed and is_stale(edition, at=at):
        due = localtime(edition.due_at)
        hold_edition(edition=edition, because=f"It was due {due:%B %-d, %Y, %H:%M}.", at=at)
        return False
    if not edition.newsletter.is_active:
        raise CannotSend(f"{edition.newsletter} is not active.")
    _keep_copies(edition, at)
    former = edition.state
    edition.state, edition.held_because, edition.released_at = Edition.State.SENDING, "", at
    edition.sending_started_at = edition.sending_started_at or at
    edition.save(update_fields=("state", "held_because", "released_at", "sending_started_at"))
    AuditEntry.record("send edition", edition, by=by, at=at, from_state=former, to_state=edition.state)
    return True


def _keep_copies(edition: Edition, at: datetime) -> None:
    """Render both variants once; whoever resumes the sending sends the same."""
    stories = list(visible_places(edition, at=at).values_list("article_id", flat=True))
    if not stories:
        raise CannotSend("The edition has no story that readers may see.")
    for variant in Variant.values:
        try:
            letter = render_edition(edition, variant=variant, at=at)
        except (LetterBroken, LetterTooLong) as error:
            raise CannotSend(str(error)) from error
        copy = {"subject": letter.subject, "text": letter.text, "html": letter.html}
        EditionCopy.objects.update_or_create(
            edition=edition, variant=variant, defaults={**copy, "story_ids": stories, "made_at": at}
        )


def hold_edition(*, edition: Edition, because: str, at: datetime, by: User | None = None) -> bool:
    """Stop the edition until a person lets it go again; False when it was not on its way."""
    under_way = Edition.objects.filter(pk=edition.pk, state__in=(Edition.State.DRAFT, Edition.State.SENDING))
    with transaction.atomic():
        if not under_way.update(state=Edition.State.HELD, held_because=because):
            return False
        AuditEntry.record(
            "hold edition",
            edition,
            by=by,
            at=at,
            from_state=edition.state,
            to_state=Edition.State.HELD,
            reason=because,
        )
    edition.state, edition.held_because = Edition.State.HELD, because
    return True


def send_trial(*, edition: Edition, variant: str, by: User, at: datetime) -> None:
    """Send the edition as it stands to `by` alone, outside the ledger. Raises `CannotSend`."""
    try:
        message = letter_for_trial(edition, variant=variant, to=by, at=at)
        with open_post() as post:
            answer = post.send(message)
    except (LetterBroken, LetterTooLong, Unreachable) as error:
        raise CannotSend(str(error)) from error
    if answer.fate is not Fate.ACCEPTED:
        raise CannotSend(f"The mail server said: {answer.words}")
    AuditEntry.record("send trial", edition, by=by, at=at, reason=variant)
