"""An edition as one kind of reader sees it: one content for the letter, its text part and the web view."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from articles.markup.document import Figure, Paragraph, Rule, text_of
from articles.markup.lead import reading_minutes
from articles.markup.read import read as parse
from articles.markup.sentences import sentence_ends
from articles.models import Article, Picture, Section
from articles.openings import mail_address
from articles.paywall import SUBSCRIBER, VISITOR, Reader, Verdict, read
from articles.pictures import image_source
from newsletters.models import Edition, EditionStory, Variant
from newsletters.queries import visible_places

READERS: dict[str, Reader] = {Variant.SUBSCRIBER: SUBSCRIBER, Variant.FREE: VISITOR}
"""A letter can be passed on, so its free form holds only what every visitor may read."""

SUMMARY_LENGTH = {Variant.SUBSCRIBER.value: 620, Variant.FREE.value: 260}
LEAD_SUMMARY_LENGTH = {Variant.SUBSCRIBER.value: 1100, Variant.FREE.value: 420}
"""In characters, ending at a sentence."""


@dataclass(frozen=True)
class Image:
    url: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str


@dataclass(frozen=True)
class Item:
    """One story in the letter. `gate` says what the rest of it takes: `subscribe`, `register`, or nothing.

    `opens_for` days its address opens it all the same; 0 for an address like any other.
    """

    headline: str
    url: str
    section: Section
    standfirst: str
    summary: tuple[str, ...]
    byline: str
    minutes: int
    gate: str
    opens_for: int
    image: Image | None


@dataclass(frozen=True)
class Block:
    """A section of the letter."""

    section: Section
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Digest:
    """All of an edition. Without a visible story there is no lead, and nothing to send."""

    edition: Edition
    variant: str
    lead: Item | None
    blocks: tuple[Block, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        rest = tuple(item for block in self.blocks for item in block.items)
        return (self.lead, *rest) if self.lead else rest

    @property
    def is_gated(self) -> bool:
        """Whether a subscription would open more of it."""
        return any(item.gate == Verdict.SUBSCRIBE for item in self.items)


@dataclass(frozen=True)
class Setting:
    """For whom the stories are set: readers of a kind, in their letter or for anyone on the web."""

    variant: str
    is_mailed: bool
    at: datetime

    def item(self, place: EditionStory, length: int) -> Item:
        article = place.article
        reading = read(article, READERS[self.variant], at=self.at)
        gate = "" if reading.is_whole else reading.decision.verdict
        opens_for = settings.MAIL_LINK_DAYS if self.is_mailed and gate == Verdict.SUBSCRIBE else 0
        plain = settings.SITE_URL + article.get_absolute_url()
        return Item(
            headline=article.headline,
            url=mail_address(article, at=self.at) if opens_for else plain,
            section=article.section,
            standfirst=place.teaser or article.standfirst,
            summary=summarize(reading.text, length),
            byline=_byline(article),
            minutes=reading_minutes(article.word_count),
            gate=gate,
            opens_for=opens_for,
            image=_image(article.lead_picture),
        )


def make_digest(edition: Edition, *, variant: str, is_mailed: bool = False, at: datetime) -> Digest:
    """The edition for `variant` at `at`: only visible stories, only what this reader may read (rule E7).

    Mailed to those who do not subscribe, its links open subscribers' stories for `MAIL_LINK_DAYS` without
    counting (rule P6). Anything else shows plain addresses: what anyone can find must open nothing.
    """
    places = list(visible_places(edition, at=at))
    if not places:
        return Digest(edition, variant, None, ())
    setting = Setting(variant, is_mailed, at)
    lead = setting.item(places[0], LEAD_SUMMARY_LENGTH[variant])
    by_section: dict[Section, list[Item]] = {}
    for place in places[1:]:
        item = setting.item(place, SUMMARY_LENGTH[variant])
        by_section.setdefault(item.section, []).append(item)
    return Digest(
        edition, variant, lead, tuple(Block(section, tuple(items)) for section, items in by_section.items())
    )


def summarize(html: str, length: int) -> tuple[str, ...]:
    """The opening paragraphs of stored text within `length` characters, the last cut where a sentence ends.

    A first sentence that is longer stands as it is: text never breaks off inside a sentence (rule A8).
    """
    taken: list[str] = []
    for paragraph in _opening(html):
        room = length - sum(map(len, taken))
        ends = sentence_ends(paragraph)
        fitting = [end for end in ends if end <= room] or ([] if taken else ends[:1])
        if fitting:
            taken.append(paragraph[: max(fitting)])
        if not fitting or max(fitting) < len(paragraph):
            break
    return tuple(taken)


def _opening(html: str) -> Iterator[str]:
    """The paragraphs up to the first heading, quotation or list; pictures and rules are passed over."""
    for block in parse(html):
        if isinstance(block, Paragraph):
            yield text_of(block.inline).replace("\n", " ")
        elif not isinstance(block, Figure | Rule):
            return


def _byline(article: Article) -> str:
    """`Ada Byron`, `Ada Byron and Ben Cole`, `Ada Byron, Ben Cole and Cy Dray`; a wire story: its source."""
    names = [byline.author.name for byline in article.bylines.all()]
    if not names:
        return article.dateline_source
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _image(picture: Picture | None) -> Image | None:
    """The picture as a JPEG, as not every mail program knows newer formats; or the file itself."""
    if picture is None:
        return None
    file = image_source(picture)
    return Image(
        settings.SITE_URL + file.url, file.width, file.height, picture.alt, picture.caption, picture.credit
    )


def plans_url() -> str:
    """Where a reader can subscribe."""
    return settings.SITE_URL + reverse("plans")
