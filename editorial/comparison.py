"""Two texts of a story as one: what was changed in the set text, and in everything around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from articles.dateline import dateline_html, run_in
from articles.markup.changed_page import Passage
from articles.markup.compare import changed_words, compare_in_passages, compare_line
from articles.markup.words import changes
from articles.models import Article, Picture
from articles.queries import pictures_in
from editorial.content import Content
from editorial.named_rows import NamedRows

LABELS = {
    "headline": "headline",
    "standfirst": "standfirst",
    "body": "text",
    "dateline_place": "dateline",
    "dateline_date": "dateline",
    "dateline_source": "dateline",
    "authors": "byline",
    "lead_picture": "lead picture",
    "section": "section",
    "topics": "topics",
    "slug": "address",
    "slugline": "slugline",
    "language": "language",
    "seo_title": "title for search engines",
    "seo_description": "description for search engines",
    "canonical_url": "canonical address",
}
"""What each part of a text is called, in the order in which a page tells of them."""

IN_PLACE = ("headline", "standfirst", "text", "lead picture")
"""What is shown where it stands on the page, and not as a line of a list."""


@dataclass(frozen=True)
class Line:
    """A changed field that is no running text."""

    label: str
    html: SafeString


@dataclass(frozen=True)
class ShownPicture:
    """A lead picture as one of the texts has it: none, one, or the number of one that is gone."""

    key: int | None
    picture: Picture | None


@dataclass(frozen=True)
class Comparison:
    """`new` with all that came in and went out since `old`; of the pictures, both if they differ."""

    headline: SafeString
    standfirst: SafeString
    passages: Sequence[Passage]
    lines: Sequence[Line]
    pictures: tuple[ShownPicture, ShownPicture] | None
    words: tuple[int, int]
    changed: Sequence[str]

    @property
    def summary(self) -> str:
        """`14 words in, 3 out; headline and byline changed`."""
        if not self.changed:
            return "No difference: the two texts are the same"
        others = [name for name in self.changed if name != "text"]
        said = [self._words(), f"{_listed(others)} changed" if others else ""]
        return "; ".join(filter(None, said))

    def _words(self) -> str:
        came, went = self.words
        if came or went:
            return f"{came} word{'' if came == 1 else 's'} in, {went} out"
        return "no words in or out, but the text is set otherwise" if "text" in self.changed else ""


def changed_fields(old: Content, new: Content) -> list[str]:
    """What differs, by the names of `LABELS`, each once."""
    names = (LABELS[name] for name in LABELS if getattr(old, name) != getattr(new, name))
    return list(dict.fromkeys(names))


def compare(old: Content, new: Content) -> Comparison:
    """Rows that are gone by now are named by their numbers."""
    rows = NamedRows.of(old, new)
    changed = changed_fields(old, new)
    return Comparison(
        headline=_compared(old.headline, new.headline),
        standfirst=_compared(old.standfirst, new.standfirst),
        passages=_passages(old, new, has_dateline="dateline" not in changed),
        lines=[Line(label, LINES[label](old, new, rows)) for label in changed if label not in IN_PLACE],
        pictures=_pictures(old, new, rows),
        words=changed_words(old.body, new.body),
        changed=changed,
    )


def _passages(old: Content, new: Content, *, has_dateline: bool) -> list[Passage]:
    """The set text; a dateline that is the same in both stands at its head."""
    passages = compare_in_passages(old.body, new.body, picture=pictures_in(old.body + new.body))
    if not has_dateline or not passages:
        return passages
    first, *others = passages
    story = Article(**{name: getattr(new, name) for name in LABELS if name.startswith("dateline_")})
    return [replace(first, html=run_in(dateline_html(story), first.html)), *others]


def _pictures(old: Content, new: Content, rows: NamedRows) -> tuple[ShownPicture, ShownPicture] | None:
    if old.lead_picture == new.lead_picture:
        return None
    before, after = (
        ShownPicture(key, rows.pictures.get(key or 0)) for key in (old.lead_picture, new.lead_picture)
    )
    return before, after


Show = Callable[[Content, Content, NamedRows], SafeString]


def _text(name: str) -> Show:
    """Words among words."""
    return lambda old, new, rows: _compared(getattr(old, name), getattr(new, name))


def _value(name: str) -> Show:
    """One value in place of another."""
    return lambda old, new, rows: _replaced(getattr(old, name), getattr(new, name))


def _section(old: Content, new: Content, rows: NamedRows) -> SafeString:
    return _replaced(_name(rows.sections, old.section), _name(rows.sections, new.section))


def _topics(old: Content, new: Content, rows: NamedRows) -> SafeString:
    before, after = (sorted(_name(rows.topics, key) for key in content.topics) for content in (old, new))
    return _items(before, after)


def _byline(old: Content, new: Content, rows: NamedRows) -> SafeString:
    before, after = ([_name(rows.authors, key) for key in content.authors] for content in (old, new))
    return _items(before, after)


def _dateline(old: Content, new: Content, rows: NamedRows) -> SafeString:
    return _compared(_dateline_of(old), _dateline_of(new))


LINES: dict[str, Show] = {
    "dateline": _dateline,
    "byline": _byline,
    "section": _section,
    "topics": _topics,
    "address": _value("slug"),
    "slugline": _text("slugline"),
    "language": _value("language"),
    "title for search engines": _text("seo_title"),
    "description for search engines": _text("seo_description"),
    "canonical address": _value("canonical_url"),
}


def _dateline_of(content: Content) -> str:
    day: date | None = content.dateline_date
    parts = (content.dateline_place, format_date(day, "F j, Y") if day else "")
    source = f" ({content.dateline_source})" if content.dateline_source else ""
    return ", ".join(filter(None, parts)) + source


def _name(rows: Mapping[int, object], key: int) -> str:
    return str(rows[key]) if key in rows else f"no. {key} (deleted)"


def _compared(old: str, new: str) -> SafeString:
    return mark_safe(compare_line(old, new))  # noqa: S308 (comparing escapes every text)


def _replaced(old: str, new: str) -> SafeString:
    before = format_html("<del>{}</del>", old) if old else ""
    after = format_html("<ins>{}</ins>", new) if new else ""
    return format_html_join(" ", "{}", ((part,) for part in (before, after) if part))


def _items(old: Sequence[str], new: Sequence[str]) -> SafeString:
    """Whole names, in their order; one that changed places is deleted here and inserted there."""
    shown: list[SafeString] = []
    for what, i1, i2, j1, j2 in changes(old, new):
        if what == "equal":
            shown.extend(format_html("{}", item) for item in new[j1:j2])
        else:
            shown.extend(format_html("<del>{}</del>", item) for item in old[i1:i2] if item)
            shown.extend(format_html("<ins>{}</ins>", item) for item in new[j1:j2] if item)
    return format_html_join(", ", "{}", ((item,) for item in shown))


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
