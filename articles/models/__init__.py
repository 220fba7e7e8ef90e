"""What is written, where it stands, and what it takes to read it."""

from articles.models.access import Access, AccessRule, RuleFact, Ruling, StoryType
from articles.models.article import Article, Byline, Prominence, State
from articles.models.author import Author
from articles.models.correction import Correction
from articles.models.gift_link import GiftLink
from articles.models.indexed_story import IndexedStory, not_indexed_as_it_is
from articles.models.meter import Meter, MeterRead, month_of
from articles.models.page import Page
from articles.models.picture import Picture
from articles.models.probe import Leak, LeakProbe
from articles.models.reading_key import ReadingKey
from articles.models.section import Section
from articles.models.slug import FormerSlug
from articles.models.topic import Topic

__all__ = [
    "Access",
    "AccessRule",
    "Article",
    "Author",
    "Byline",
    "Correction",
    "FormerSlug",
    "GiftLink",
    "IndexedStory",
    "Leak",
    "LeakProbe",
    "Meter",
    "MeterRead",
    "Page",
    "Picture",
    "Prominence",
    "ReadingKey",
    "RuleFact",
    "Ruling",
    "Section",
    "State",
    "StoryType",
    "Topic",
    "month_of",
    "not_indexed_as_it_is",
]
