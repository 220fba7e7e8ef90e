"""What tests of the meter share: gated stories, and browsers that open them."""

from django.test import Client

from articles.models import Access, Article
from tests.factories.articles import PAID_TEXT, ArticleFactory, SectionFactory


def gated_stories(count: int) -> list[Article]:
    """Stories for subscribers, all of one section."""
    section = SectionFactory.create(slug="money", access=Access.FREE)
    return [
        ArticleFactory.create(slug=f"gated-{n}", section=section, access=Access.SUBSCRIBERS)
        for n in range(1, count + 1)
    ]


def reads_whole(client: Client, story: Article, **headers: str) -> bool:
    """Whether the page holds the paid text; a reader with a meter opens it by this."""
    page = client.get(story.get_absolute_url(), headers=headers)
    assert page.status_code == 200
    return PAID_TEXT in page.text


def press(client: Client, story: Article, **headers: str) -> int:
    """Press the wall's button; returns the status of the answer."""
    return client.post(f"{story.get_absolute_url()}open/", headers=headers).status_code


def opens(client: Client, story: Article) -> bool:
    """Whether the button at the wall leads to the whole text."""
    assert press(client, story) == 302
    return reads_whole(client, story)
