"""What the API answers with. The examples are of an invented magazine."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict

from articles.models import Access
from articles.paywall import Verdict

SITE = "https://news.example"


def example(value: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


class AccessLevel(StrEnum):
    """Who may read the whole: everyone, readers with an account, or subscribers."""

    FREE = Access.FREE.value
    REGISTERED = Access.REGISTERED.value
    SUBSCRIBERS = Access.SUBSCRIBERS.value


class TextForm(StrEnum):
    """In which form a text is given."""

    NONE = "none"
    HTML = "html"
    PLAIN = "plain"
    BOTH = "both"


class FiledUnder(Schema):
    """A section or a topic."""

    name: str = Field(examples=["Harbours"])
    slug: str = Field(examples=["harbours"])
    description: str = Field(examples=["Ports, pilots and those who wait for them."])
    url: str = Field(description="Its page on the site.", examples=[f"{SITE}/sections/harbours/"])


class Section(FiledUnder):
    """A department of the magazine."""


class Topic(FiledUnder):
    """A subject that runs through sections."""


class Credit(Schema):
    """A name over a story."""

    name: str = Field(examples=["Ilse Varnhagen"])
    slug: str = Field(examples=["ilse-varnhagen"])
    role: str = Field(examples=["Shipping correspondent"])
    url: str = Field(description="Their page on the site.", examples=[f"{SITE}/authors/ilse-varnhagen/"])


class Author(Credit):
    """Someone whose name stands over stories."""

    bio: str = Field(examples=["Writes about ports and the people who keep them open."])


class Picture(Schema):
    """The picture that leads a story."""

    url: str = Field(examples=[f"{SITE}/media/pictures/2026/07/quay-1600.jpeg"])
    alt: str = Field(description="What it shows, for those who do not see it.", examples=["A quay at dawn"])
    caption: str = Field(examples=["The eastern quay before the first shift."])
    credit: str = Field(examples=["Marit Osk"])
    width: int | None = Field(description="In pixels.", examples=[1600])
    height: int | None = Field(description="In pixels.", examples=[1000])


class Notice(Schema):
    """What was wrong, and what is right."""

    notice: str = Field(examples=["The lock was built in 1911, not in 1921."])
    signed: str = Field(description="Whose word it is.", examples=["Ilse Varnhagen"])
    at: datetime = Field(examples=["2026-07-04T09:30:00Z"])


class Decision(Schema):
    """What the paywall says to this key's account now, and why."""

    verdict: Verdict = Field(
        description="`allow`: the whole is open. Any other: the free part alone.",
        examples=["subscribe"],
    )
    reason: str = Field(
        description="A sentence for a person to read.", examples=["This story is for subscribers."]
    )
    plans_url: str | None = Field(
        description="Where to subscribe; null when the whole is open.", examples=[f"{SITE}/subscribe/"]
    )


class Text(Schema):
    """As much of the text as the key may read."""

    html: str | None = Field(
        description="As HTML; its addresses are absolute. Null unless asked for.",
        examples=["<p>The tide gate opened at six.</p>"],
    )
    plain: str | None = Field(
        description="As plain text. Null unless asked for.", examples=["The tide gate opened at six."]
    )


STORY = {
    "id": "tag:news.example,2026-07-01:article-31",
    "slug": "the-tide-gate",
    "url": f"{SITE}/articles/the-tide-gate/",
    "api_url": f"{SITE}/api/v1/stories/the-tide-gate",
    "headline": "The Tide Gate Opens Again",
    "standfirst": "After eleven years the old lock lets ships through.",
    "language": "en",
    "section": {
        "name": "Harbours",
        "slug": "harbours",
        "description": "Ports, pilots and those who wait for them.",
        "url": f"{SITE}/sections/harbours/",
    },
    "topics": [],
    "authors": [
        {
            "name": "Ilse Varnhagen",
            "slug": "ilse-varnhagen",
            "role": "Shipping correspondent",
            "url": f"{SITE}/authors/ilse-varnhagen/",
        }
    ],
    "picture": None,
    "published_at": "2026-07-02T05:00:00Z",
    "first_published_at": "2026-07-02T05:00:00Z",
    "updated_at": "2026-07-02T05:00:00Z",
    "word_count": 840,
    "access": "subscribers",
    "is_whole": False,
    "decision": {
        "verdict": "subscribe",
        "reason": "This story is for subscribers.",
        "plans_url": f"{SITE}/subscribe/",
    },
    "text": {"html": "<p>The tide gate opened at six.</p>", "plain": None},
    "corrections": [],
}


class Story(Schema):
    """A story, with as much of its text as the key may read."""

    model_config = example(STORY)

    id: str = Field(description="Stays the same when the address changes: a tag URI (RFC 4151).")
    slug: str = Field(description="The last part of its address. May change; the old one leads to the new.")
    url: str = Field(description="Its page on the site, or where it first ran: the canonical address.")
    api_url: str = Field(description="This story in the API.")
    headline: str
    standfirst: str
    language: str = Field(description="A language code such as `en` or `pt-BR` (BCP 47).")
    section: Section
    topics: list[Topic]
    authors: list[Credit] = Field(description="In the order of the byline.")
    picture: Picture | None
    published_at: datetime = Field(description="When it became public; lists are in this order.")
    first_published_at: datetime = Field(description="When it first appeared.")
    updated_at: datetime = Field(description="When readers last saw it change. Never before `published_at`.")
    word_count: int = Field(description="The words of the whole text.")
    access: AccessLevel = Field(description="Who may read the whole.")
    is_whole: bool = Field(description="Whether this key's account may read the whole.")
    decision: Decision
    text: Text | None = Field(description="Null when `text=none` was asked for, as lists do by default.")
    corrections: list[Notice] = Field(description="The latest first.")


class Corrected(Schema):
    """The story that a correction belongs to."""

    slug: str = Field(examples=["the-tide-gate"])
    headline: str = Field(examples=["The Tide Gate Opens Again"])
    url: str = Field(examples=[f"{SITE}/articles/the-tide-gate/"])
    api_url: str = Field(examples=[f"{SITE}/api/v1/stories/the-tide-gate"])


class Correction(Notice):
    """A correction of a story that was public."""

    story: Corrected | None = Field(description="Null when the story is no longer public.")


class Listed(Schema):
    """One page of a list."""

    next: str | None = Field(
        description="The address of the next page, as in the `Link` header; null on the last.",
        examples=[f"{SITE}/api/v1/stories?limit=20&cursor=WzFd"],
    )


class Stories(Listed):
    items: list[Story]


class Sections(Schema):
    items: list[Section] = Field(description="All of them, in the order of the site.")


class Topics(Listed):
    items: list[Topic]


class Authors(Listed):
    items: list[Author]


class Corrections(Listed):
    items: list[Correction]


class KeyFacts(Schema):
    """The key itself."""

    name: str = Field(description="What it is for.", examples=["Reading room terminal"])
    created_at: datetime = Field(examples=["2026-06-01T08:00:00Z"])
    last_used_at: datetime | None = Field(
        description="Five minutes exact.", examples=["2026-07-03T15:00:00Z"]
    )


class Right(Schema):
    """A right to read what is for subscribers."""

    source: str = Field(
        description="`stripe` (a subscription), `comp`, `gift`, `seat`, `institution` or `staff`.",
        examples=["stripe"],
    )
    reason: str = Field(examples=["You subscribe."])
    starts_at: datetime = Field(examples=["2026-01-15T10:00:00Z"])
    ends_at: datetime | None = Field(description="Null: open.", examples=["2027-01-15T10:00:00Z"])


class MayRead(Schema):
    """Whether stories of one level of access are open to the key."""

    access: AccessLevel = Field(examples=["subscribers"])
    is_whole: bool = Field(examples=[True])
    decision: Decision


class Account(Schema):
    """What the key may read, and why."""

    key: KeyFacts
    may_read: list[MayRead] = Field(description="For each level of access.")
    rights: list[Right] = Field(description="The rights in force, the longest first.")
    ended: Right | None = Field(description="The right that ended last, if one did.")
    requests_per_minute: int = Field(examples=[120])
