"""What one reader gets of us: which letters, how often, and what keeps them all back."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from newsletters.models import Cadence, Newsletter, Preference, Suppression, Wishes, address_digest
from newsletters.queries import letters_for


@dataclass(frozen=True)
class Choice:
    """What a reader says of one letter: whether they want it, and how often at most."""

    newsletter: Newsletter
    is_wanted: bool
    cadence: str


@dataclass(frozen=True)
class Standing:
    """A reader's letters, in order; the pause, while it lasts; why their address is not mailed, if so."""

    choices: tuple[Choice, ...]
    paused_until: datetime | None
    suppression: str

    @property
    def has_stopped(self) -> bool:
        """Whether they unsubscribed from everything."""
        return self.suppression == Suppression.Reason.ALL

    @property
    def is_closed(self) -> bool:
        """Whether nothing they choose brings a letter, as theirs came back or was called spam."""
        return bool(self.suppression) and not self.has_stopped

    @property
    def gets_any(self) -> bool:
        return not self.suppression and any(choice.is_wanted for choice in self.choices)


def choices_of(user: User, *, at: datetime) -> tuple[Choice, ...]:
    """The letters this reader may have, each with their own word on it, or the letter's rule."""
    cadences = dict(Preference.objects.filter(user=user).values_list("newsletter", "cadence"))
    return tuple(
        Choice(letter, is_wanted, cadences.get(letter.pk, Cadence.EACH))
        for letter, is_wanted in letters_for(user, at=at)
    )


def standing_of(user: User, *, at: datetime) -> Standing:
    """All of it, at the moment `at`; as many queries for ten letters as for one."""
    paused = Wishes.objects.filter(user=user, paused_until__gt=at).values_list("paused_until", flat=True)
    kept_back = Suppression.objects.filter(digest=address_digest(user.email))
    return Standing(
        choices_of(user, at=at), paused.first(), kept_back.values_list("reason", flat=True).first() or ""
    )
