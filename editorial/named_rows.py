"""The rows that a text names by their keys: section, topics, authors, lead picture. Some may be gone."""

from dataclasses import dataclass, replace
from typing import Self

from articles.models import Author, Picture, Section, Topic
from editorial.content import Content


@dataclass(frozen=True)
class NamedRows:
    """Those of the rows that still exist, by key."""

    sections: dict[int, Section]
    topics: dict[int, Topic]
    authors: dict[int, Author]
    pictures: dict[int, Picture]

    @classmethod
    def of(cls, *contents: Content) -> Self:
        """In as many queries for many texts as for one."""
        return cls(
            Section.objects.in_bulk({content.section for content in contents}),
            Topic.objects.in_bulk({key for content in contents for key in content.topics}),
            Author.objects.in_bulk({key for content in contents for key in content.authors}),
            Picture.objects.in_bulk(
                {content.lead_picture for content in contents if content.lead_picture is not None}
            ),
        )


@dataclass(frozen=True)
class Remains:
    """What can still be had of an earlier text, and, in words, what had to be left out."""

    content: Content
    left_out: tuple[str, ...] = ()

    @property
    def without(self) -> str:
        """`2 deleted topics and its deleted lead picture`; empty when all of it is there."""
        *others, last = self.left_out or ("",)
        return f"{', '.join(others)} and {last}" if others else last


def what_remains(content: Content, *, section: int) -> Remains:
    """The text without the rows that were deleted since it was saved; `section` stands in for its own."""
    rows = NamedRows.of(content)
    kept = replace(
        content,
        section=content.section if content.section in rows.sections else section,
        topics=tuple(key for key in content.topics if key in rows.topics),
        authors=tuple(key for key in content.authors if key in rows.authors),
        lead_picture=content.lead_picture if content.lead_picture in rows.pictures else None,
    )
    left_out = (
        "its deleted section" if kept.section != content.section else "",
        _counted("deleted topic", len(content.topics) - len(kept.topics)),
        _counted("deleted author", len(content.authors) - len(kept.authors)),
        "its deleted lead picture" if kept.lead_picture != content.lead_picture else "",
    )
    return Remains(kept, tuple(filter(None, left_out)))


def _counted(what: str, number: int) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""
