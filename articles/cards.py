"""The picture that stands for a story where its address is shared: what anyone may know of it, typeset.

A card's address holds the digest of all that is shown, so that it changes with the story (ADR 0032).
"""

import hashlib
import json
import re
import shutil
import time
import unicodedata
from dataclasses import asdict, dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Final

import typst
from django.conf import settings
from django.core.cache import cache as kept
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from PIL import Image, ImageOps

from articles.byline import byline_text
from articles.markup.sentences import sentence_ends
from articles.models import Article

WIDTH: Final = 1200
HEIGHT: Final = 630
DESIGN: Final = 1
"""Part of the digest: count it up when `card.typ` changes."""
TEMPLATE: Final = Path(__file__).with_name("card.typ")
PICTURE_SIZE: Final = (430, HEIGHT)
KEPT_SECONDS: Final = 7 * 24 * 3600
MAKING_SECONDS: Final = 10
"""How long others wait for whoever makes a card."""

_DRAWING = Lock()

UNBROKEN = re.compile(r"[^\s\u200b\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
LONGEST_WORD: Final = 20


class CardInTheMaking(Exception):
    """Somebody else is making this card and has not finished in time."""


@dataclass(frozen=True)
class Card:
    """All that a card shows."""

    headline: str
    publication: str
    section: str
    standfirst: str
    line: str
    accent: str
    lang: str
    picture: str
    """The name in the storage of the lead picture; empty without one."""

    @property
    def digest(self) -> str:
        shown = json.dumps([DESIGN, *asdict(self).values()])
        return hashlib.sha256(shown.encode()).hexdigest()[:16]


def card_of(story: Article) -> Card:
    published_at = story.first_published_at or story.published_at
    names = byline_text(story)
    line = (
        f"By {names}" if names else story.dateline_place,
        date_format(localtime(published_at), "F j, Y") if published_at else "",
    )
    return Card(
        headline=_shown(story.headline),
        publication=_shown(str(settings.PUBLICATION["name"])),
        section=_shown(story.section.name),
        standfirst=_first_sentence(_shown(story.standfirst)),
        line=_shown(" · ".join(filter(None, line))),
        accent=str(settings.PUBLICATION["accent"]),
        lang=match[0] if (match := re.match(r"[a-z]{2,3}(?=-|$)", story.language)) else "en",
        picture=_picture_name(story),
    )


def card_path(story: Article) -> str:
    """The path of the card as it is now."""
    return reverse("card", args=(story.slug, card_of(story).digest))


def card_address(story: Article) -> str:
    """The absolute address of the card as it is now."""
    return settings.SITE_URL + card_path(story)


def card_image(card: Card) -> bytes:
    """The card as a PNG; made once and kept, whoever asks meanwhile waits. Raises `CardInTheMaking`."""
    key = f"card:{card.digest}"
    for _ in range(MAKING_SECONDS * 10):
        image: bytes | None = kept.get(key)
        if image is not None:
            return image
        if kept.add(f"{key}:making", 1, MAKING_SECONDS):
            return _make(card, key)
        time.sleep(0.1)
    raise CardInTheMaking(card.digest)


def _make(card: Card, key: str) -> bytes:
    try:
        # It may have come since we looked for it; and a cache of files lets two threads in at once.
        with _DRAWING:
            image: bytes = kept.get(key) or draw(card)
            kept.set(key, image, KEPT_SECONDS)
    finally:
        kept.delete(f"{key}:making")
    return image


def draw(card: Card) -> bytes:
    """The card typeset by Typst, which reads no file but the picture and reaches no network."""
    facts: dict[str, Any] = {**asdict(card), "words": _longest_words(card.headline)}
    with TemporaryDirectory() as folder:
        facts["picture"] = "/picture.jpg" if _crop(card.picture, Path(folder) / "picture.jpg") else ""
        drawn = typst.compile(
            shutil.copy(TEMPLATE, folder),
            root=folder,
            font_paths=_fonts(),
            format="png",
            ppi=72,
            sys_inputs={"facts": json.dumps(facts)},
        )
    return _packed(drawn)


@cache
def _fonts() -> typst.Fonts:
    """Typst's own, and those of the host for scripts that they lack."""
    return typst.Fonts()


def _packed(png: bytes) -> bytes:
    """The same picture in 256 colours: a quarter of the size, which messengers ask for."""
    with Image.open(BytesIO(png)) as image:
        few = image.convert("RGB").quantize(256, kmeans=1)
    data = BytesIO()
    few.save(data, "PNG", optimize=True)
    return data.getvalue()


def _crop(name: str, target: Path) -> bool:
    """Write the part of a stored picture that the card shows; False when there is none to be had."""
    if not name:
        return False
    try:
        with default_storage.open(name) as stored, Image.open(stored) as opened:
            ImageOps.fit(opened.convert("RGB"), PICTURE_SIZE).save(target, "JPEG", quality=90)
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
    return True


def _picture_name(story: Article) -> str:
    if story.lead_picture is None:
        return ""
    sizes = story.lead_picture.sizes
    name = next((size["name"] for size in sizes if size["format"] == "jpeg"), story.lead_picture.file.name)
    return str(name or "")


def _shown(text: str) -> str:
    """One line without characters that cannot be set; very long words may be broken."""
    line = "".join(char for char in " ".join(text.split()) if unicodedata.category(char) not in UNSET)
    return UNBROKEN.sub(lambda word: _breakable(word[0]), line)


UNSET: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


def _breakable(word: str) -> str:
    if len(word) <= LONGEST_WORD:
        return word
    return "\u200b".join(word[at : at + 12] for at in range(0, len(word), 12))


def _first_sentence(text: str) -> str:
    ends = sentence_ends(text)
    return text[: ends[0]] if ends else text


def _longest_words(text: str) -> list[str]:
    return sorted(UNBROKEN.findall(text), key=len)[-4:]
