"""People with a story open in a browser: the story's form as it is sent, and what the page says meanwhile."""

from typing import Any

from django.test import Client

from articles.models import Article
from editorial.content import head_content
from editorial.typed import Typed, typed_of


def page_of(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/change/"


def sitting_of(article: Article) -> str:
    return f"/admin/desk/stories/{article.pk}/sitting/"


def typed_in(article: Article, **changes: str | list[str]) -> Typed:
    """The fields of the story's page with something typed over."""
    article = Article.objects.get(pk=article.pk)
    lists = {name: value if isinstance(value, list) else [value] for name, value in changes.items()}
    return typed_of(head_content(article)) | lists


def form_in(
    article: Article, *, tab: str = "tab-1", base: int | None = None, **changes: Any
) -> dict[str, Any]:
    """The whole form as a browser sends it; `base` is the revision it was opened with."""
    article = Article.objects.get(pk=article.pk)
    settings = {"prominence": article.prominence, "access": article.access}
    hidden = {"tab": tab, "base": article.version if base is None else base}
    return {**typed_in(article), **settings, **hidden, **changes}


def say(client: Client, article: Article, *, tab: str = "tab-1", base: int = 1, **more: Any) -> Any:
    """What the page's script tells the server."""
    said = {"tab": tab, "base": base, **more}
    return client.post(sitting_of(article), said, content_type="application/json")
