"""What readers say about letters; it holds at once, even in the middle of a sending (rule U8)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from newsletters.actions.suppressing import lift_unsubscribe_all, suppress_all
from newsletters.models import Cadence, Delivery, Newsletter, Preference, Wishes
from newsletters.standing import Choice, choices_of


@transaction.atomic
def set_preference(
    *,
    newsletter: Newsletter,
    user: User,
    is_wanted: bool,
    source: str,
    at: datetime,
    cadence: str | None = None,
    by: User | None = None,
) -> bool:
    """Keep what `user` said, and where; True when it is news. `by` is whoever acted, if not they.

    Without a `cadence` it stays as it was. A message that comes too soon for a new one is held back by
    `newsletters.queries.audience`, which is asked right before each is sent.
    """
    known = Preference.objects.select_for_update().filter(newsletter=newsletter, user=user).first()
    said = {"is_wanted": is_wanted, "cadence": cadence or (known.cadence if known else Cadence.EACH)}
    if known is not None and said == {"is_wanted": known.is_wanted, "cadence": known.cadence}:
        return False
    preference, _ = Preference.objects.update_or_create(
        newsletter=newsletter, user=user, defaults={**said, "source": source, "changed_at": at}
    )
    if not is_wanted:
        _stop_waiting(user, "Unsubscribed.", newsletter=newsletter, at=at)
    action = "subscribe" if is_wanted else "unsubscribe"
    if known is not None and known.is_wanted == is_wanted:
        action = "change how often"
    AuditEntry.record(action, preference, by=by or user, at=at, reason=source)
    return True


def unsubscribe(*, newsletter: Newsletter, user: User, source: str, at: datetime) -> bool:
    """Send `user` no more of `newsletter`; saying it again changes nothing (rule U6)."""
    return set_preference(newsletter=newsletter, user=user, is_wanted=False, source=source, at=at)


@transaction.atomic
def choose_letters(*, user: User, choices: Iterable[Choice], source: str, at: datetime) -> bool:
    """Keep each choice that differs from what holds; True when any did.

    Who wants a letter again after unsubscribing from everything says so here, and gets it.
    """
    chosen = list(choices)
    holding = {choice.newsletter: choice for choice in choices_of(user, at=at)}
    is_news = any(choice.is_wanted for choice in chosen) and lift_unsubscribe_all(
        user=user, source=source, at=at
    )
    for choice in chosen:
        if choice != holding.get(choice.newsletter):
            is_news |= set_preference(
                newsletter=choice.newsletter,
                user=user,
                is_wanted=choice.is_wanted,
                cadence=choice.cadence,
                source=source,
                at=at,
            )
    return is_news


@transaction.atomic
def pause_letters(*, user: User, until: datetime, source: str, at: datetime) -> Wishes:
    """Send `user` no letters before `until`, those of today included; account mail goes on (rule U9)."""
    wishes, _ = Wishes.objects.update_or_create(user=user, defaults={"paused_until": until})
    _stop_waiting(user, "Paused.", at=at)
    AuditEntry.record("pause letters", user, by=user, at=at, reason=f"{source}, until {until:%Y-%m-%d %H:%M}")
    return wishes


@transaction.atomic
def resume_letters(*, user: User, source: str, at: datetime) -> bool:
    """End the pause; True when there was one. What they missed is not sent."""
    ended = Wishes.objects.filter(user=user, paused_until__gt=at).update(paused_until=None)
    if ended:
        AuditEntry.record("resume letters", user, by=user, at=at, reason=source)
    return bool(ended)


@transaction.atomic
def unsubscribe_from_all(*, user: User, source: str, at: datetime) -> list[Newsletter]:
    """No letter any more, whichever there will be; returns those they had, for taking it back."""
    choices = choices_of(user, at=at)
    for choice in choices:
        unsubscribe(newsletter=choice.newsletter, user=user, source=source, at=at)
    suppress_all(user=user, source=source, at=at)
    _stop_waiting(user, "Unsubscribed.", at=at)
    return [choice.newsletter for choice in choices if choice.is_wanted]


def _stop_waiting(user: User, note: str, *, at: datetime, newsletter: Newsletter | None = None) -> None:
    """Take back what the mail server has seen nothing of."""
    waiting = Delivery.objects.not_begun().filter(user=user)
    if newsletter:
        waiting = waiting.filter(edition__newsletter=newsletter)
    waiting.update(state=Delivery.State.SKIPPED, settled_at=at, note=note)
