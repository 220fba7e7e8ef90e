"""Stories and what they are filed under. Without further words a story is published and for subscribers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from factory.declarations import LazyAttribute, SelfAttribute, SubFactory
from factory.declarations import Sequence as Numbered
from factory.django import DjangoModelFactory
from PIL import Image

from articles.markup.lead import word_count
from articles.models import Access, Article, Author, Byline, Page, Picture, Section, State, Topic

NOW = datetime(2026, 7, 3, 15, 0, tzinfo=UTC)
"""Friday, 3 July 2026, eleven in the morning in New York: when the tests of the site happen."""

FREE_TEXT = "The lock keeper counted forty barges before noon."
PAID_TEXT = "Only the ledger in the tower names the lender."
BODY = f'<p>{FREE_TEXT}</p><hr class="paywall"><p>{PAID_TEXT}</p>'


class SectionFactory(DjangoModelFactory[Section]):
    class Meta:
        model = Section

    name = Numbered(lambda number: f"Section {number}")
    slug = Numbered(lambda number: f"section-{number}")
    access = Access.SUBSCRIBERS
    position = Numbered(int)


class TopicFactory(DjangoModelFactory[Topic]):
    class Meta:
        model = Topic

    name = Numbered(lambda number: f"Topic {number}")
    slug = Numbered(lambda number: f"topic-{number}")


class AuthorFactory(DjangoModelFactory[Author]):
    class Meta:
        model = Author

    name = Numbered(lambda number: f"Author {number}")
    slug = Numbered(lambda number: f"author-{number}")


class PageFactory(DjangoModelFactory[Page]):
    class Meta:
        model = Page

    title = Numbered(lambda number: f"Page {number}")
    slug = Numbered(lambda number: f"page-{number}")
    text = "<p>What we stand for.</p>"


class PictureFactory(DjangoModelFactory[Picture]):
    """A row without files: for pages that only name them."""

    class Meta:
        model = Picture

    file = Numbered(lambda number: f"pictures/2026/07/quay-{number}.png")
    alt = "A quay at dawn"
    width = 1600
    height = 1000

    @classmethod
    def _create(cls, model_class: type[Picture], *args: Any, **fields: Any) -> Picture:
        """Past `ImageField`, which would open the file to measure it."""
        picture = Picture(**{**fields, "file": ""})
        picture.created_at = NOW
        Picture.objects.bulk_create([picture])
        Picture.objects.filter(pk=picture.pk).update(file=fields["file"])
        return Picture.objects.get(pk=picture.pk)


class ArticleFactory(DjangoModelFactory[Article]):
    class Meta:
        model = Article

    headline = Numbered(lambda number: f"Story Number {number}")
    slug = Numbered(lambda number: f"story-{number}")
    standfirst = Numbered(lambda number: f"What story {number} is about.")
    body = BODY
    section = SubFactory(SectionFactory)
    state = State.PUBLISHED
    published_at = NOW - timedelta(hours=3)
    first_published_at = SelfAttribute("published_at")
    version = 1
    public_version = LazyAttribute(lambda story: 1 if story.published_at else None)
    created_at = NOW - timedelta(days=2)
    changed_at = NOW - timedelta(hours=4)
    word_count = LazyAttribute(lambda story: word_count(story.body))

    @classmethod
    def _create(
        cls,
        model_class: type[Article],
        *args: Any,
        authors: Sequence[Author] = (),
        topics: Sequence[Topic] = (),
        **fields: Any,
    ) -> Article:
        story = model_class.objects.create(**fields)
        for position, author in enumerate(authors):
            Byline.objects.create(article=story, author=author, position=position)
        story.topics.set(topics)
        return story


def draw_file(name: str = "quay.png", size: tuple[int, int] = (2000, 1250)) -> ContentFile:  # type: ignore[type-arg]
    """An upload: a plain picture of this size."""
    data = BytesIO()
    Image.new("RGB", size, "#486070").save(data, "PNG")
    return ContentFile(data.getvalue(), name=name)
