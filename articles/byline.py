"""Whose names stand over a story, as plain text; the links of a page are the filter `byline`."""

from articles.models import Article


def byline_text(story: Article) -> str:
    """`A`, `A and B`, `A, B and C`; empty when no name stands over the story."""
    *others, last = [author.name for author in story.credited_authors] or [""]
    return f"{', '.join(others)} and {last}" if others else last
