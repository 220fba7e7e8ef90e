"""What is written, where it stands, and what it takes to read it."""

from articles.models.access import Access
from articles.models.article import Article, Byline, Prominence, State
from articles.models.author import Author
from articles.models.correction import Correction
from articles.models.page import Page
from articles.models.picture import Picture
from articles.models.section import Section
from articles.models.slug import FormerSlug
from articles.models.topic import Topic

__all__ = [
    "Access",
    "Article",
    "Author",
    "Byline",
    "Correction",
    "FormerSlug",
    "Page",
    "Picture",
    "Prominence",
    "Section",
    "State",
    "Topic",
]
