"""What stands over and around the text: headline, standfirst, dateline, byline, section, search engines."""

from collections.abc import Iterator
from typing import Final

from editorial.preflight.check import Remark
from editorial.preflight.subject import Subject

HEADLINE: Final = 90
STANDFIRST: Final = 250
SEARCH_TITLE: Final = 70
SEARCH_DESCRIPTION: Final = 160
"""Lengths in characters: what a list of stories, and what search engines show without cutting it."""


def headline_missing(subject: Subject) -> Iterator[Remark]:
    if not subject.content.headline.strip():
        yield Remark("Write a headline.", "headline")


def headline_length(subject: Subject) -> Iterator[Remark]:
    yield from _too_long("headline", "The headline", subject.content.headline, HEADLINE)


def standfirst_missing(subject: Subject) -> Iterator[Remark]:
    """Wire copy goes without."""
    if not (subject.content.standfirst.strip() or subject.content.dateline_source.strip()):
        yield Remark("Write a standfirst: lists and the digest show it.", "standfirst")


def standfirst_length(subject: Subject) -> Iterator[Remark]:
    yield from _too_long("standfirst", "The standfirst", subject.content.standfirst, STANDFIRST)


def text_missing(subject: Subject) -> Iterator[Remark]:
    if not subject.texts:
        yield Remark("Write the text: there is none yet.")


def section_missing(subject: Subject) -> Iterator[Remark]:
    if not subject.has_section:
        yield Remark("Choose a section.", "section")


def dateline(subject: Subject) -> Iterator[Remark]:
    """Copy that names a wire as its source says where and when it was written."""
    content = subject.content
    source = content.dateline_source.strip()
    if source and not content.dateline_date:
        yield Remark(f"Give the date of the dateline: this is copy of {source}.", "dateline_date")
    if source and not content.dateline_place.strip():
        yield Remark(f"Give the place of the dateline: this is copy of {source}.", "dateline_place")


def byline(subject: Subject) -> Iterator[Remark]:
    if not subject.content.authors and not subject.content.dateline_source.strip():
        yield Remark("Say whose text it is: choose the byline, or name a source in the dateline.", "byline")


def search_description(subject: Subject) -> Iterator[Remark]:
    """The standfirst serves, where there is one."""
    content = subject.content
    if not (content.seo_description.strip() or content.standfirst.strip()):
        yield Remark(
            "Describe the story for search engines, or write a standfirst: they get its first words now.",
            "seo_description",
        )


def search_length(subject: Subject) -> Iterator[Remark]:
    content = subject.content
    yield from _too_long("seo_title", "The title for search engines", content.seo_title, SEARCH_TITLE)
    yield from _too_long(
        "seo_description", "The description for search engines", content.seo_description, SEARCH_DESCRIPTION
    )


def _too_long(field: str, what: str, text: str, most: int) -> Iterator[Remark]:
    over = len(text) - most
    if over > 0:
        yield Remark(f"{what} is {over} character{'s' * (over > 1)} over {most}: shorten it.", field)
