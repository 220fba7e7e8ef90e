"""One look at every surface, as every kind of reader."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote_plus

from django.conf import settings

from articles.models import Article
from articles.openings import letter_path
from articles.paywall import VISITOR
from articles.probing.fetching import Answer, CannotFetch, Fetch
from articles.probing.guests import Guest
from articles.probing.passages import FreeElsewhere, Passage, Passages, passages_of
from articles.probing.sight import key_of, seen_in
from articles.surfaces import surfaces_of

ACCEPTED = ("text/markdown", "application/json", "application/rss+xml")
"""What a story's own address is asked for besides a page."""

TOO_MANY, BROKEN = 429, 500

A_WORD = 8
"""Letters: as much as our own sentence may add to the words it repeats and so complete a passage."""
LONGEST = timedelta(hours=6)
"""For how long the letters' links work that the control comes by."""


@dataclass(frozen=True)
class Sighting:
    """Paid text of a story where it must not be, or where a cache may keep it."""

    address: str
    reader: str
    passage: Passage


@dataclass
class Look:
    """What was looked at so far, and what was seen."""

    asked: int
    passages: int
    pages: int = 0
    binary: int = 0
    sightings: list[Sighting] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Request:
    guest: Guest
    address: str
    accept: str = ""
    shows: frozenset[str] = frozenset()
    """The passages that must be seen: at least one of them, if any are named."""
    called: str = ""
    """What to call the address where it must not be told."""

    @property
    def name(self) -> str:
        address = self.called or self.address
        return f"{address} ({self.accept})" if self.accept else address


class Looking:
    """Fetches what is asked for, and compares all of it with all passages."""

    def __init__(
        self,
        stories: Sequence[Article],
        *,
        guests: Sequence[Guest],
        control: Guest,
        fetch: Fetch,
        at: datetime,
    ) -> None:
        of_each = [passages_of(story, at=at) for story in stories]
        self._passages = Passages(passage for some in of_each for passage in some)
        self._elsewhere = FreeElsewhere(at=at)
        self._fetch = fetch
        self._requests = list(_requests(stories, of_each, guests, control, at + LONGEST))
        self.so_far = Look(len(self._requests), len(self._passages))

    def steps(self) -> Iterator[Look]:
        """After each page, what was seen up to there."""
        for request in self._requests:
            self._look_at(request)
            yield self.so_far

    def _look_at(self, request: Request) -> None:
        headers = request.guest.headers(request.address) | (
            {"Accept": request.accept} if request.accept else {}
        )
        try:
            answer = self._fetch(request.address, headers)
        except CannotFetch as error:
            self._note(request, str(error))
            return
        self.so_far.pages += 1
        self.so_far.binary += not answer.is_text
        if answer.status == TOO_MANY or answer.status >= BROKEN:
            self._note(request, f"it answered {answer.status}.")
        self._judge(request, answer)

    def _judge(self, request: Request, answer: Answer) -> None:
        """A passage that the request itself named, to a search, is repeated there and tells nothing."""
        seen = self._passages.found_in(seen_in(answer.words))
        found = [each for each in seen if not _is_named(each, request.address)]
        if request.shows and not request.shows & {passage.key for passage in found}:
            self._note(request, "the paid text should show here, and does not, so the others prove nothing.")
        told_of = set()
        for passage in found:
            how = self._wrong(passage, request, answer)
            if how is not None and passage.story not in told_of:
                told_of.add(passage.story)
                self.so_far.sightings.append(Sighting(request.name, request.guest.name + how, passage))

    def _wrong(self, passage: Passage, request: Request, answer: Answer) -> str | None:
        """What is wrong with this passage in this answer, besides who sees it; None if nothing is."""
        entitled = request.guest.entitled
        if entitled not in passage.levels:
            return None if self._elsewhere.holds(passage, entitled) else ""
        if answer.is_kept_nowhere or self._elsewhere.holds(passage, VISITOR):
            return None
        return ", kept by caches"

    def _note(self, request: Request, what: str) -> None:
        self.so_far.trouble.append(f"{request.name} as {request.guest.name}: {what}")


def _requests(
    stories: Sequence[Article],
    of_each: Sequence[Sequence[Passage]],
    guests: Sequence[Guest],
    control: Guest,
    until: datetime,
) -> Iterator[Request]:
    """Every address as everyone; each story's own page also in other formats, and as the control."""
    everyone = (*guests, control)
    addresses = dict.fromkeys(address for story in stories for address in surfaces_of(story))
    for address in addresses:
        yield from (Request(guest, address) for guest in everyone)
    for story, passages in zip(stories, of_each, strict=True):
        own = story.get_absolute_url()
        yield from (Request(guest, own, accept) for accept in ACCEPTED for guest in everyone)
        if passages:
            shown = frozenset(passage.key for passage in passages)
            if settings.PASS_SECONDS:
                yield Request(control, own, shows=shown)
            yield Request(control, letter_path(story, until=until), shows=shown, called=f"{own} by a letter")


def _is_named(passage: Passage, address: str) -> bool:
    """Whether the address holds the passage, but for a word that our page may say before or after it."""
    told, key = key_of(unquote_plus(address)), passage.key
    return any(key[letters:] in told or key[: len(key) - letters] in told for letters in range(A_WORD + 1))
