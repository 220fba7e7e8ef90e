"""A text that could not be saved: kept for its person, who is told why and where to find it (rule W4)."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from articles.models import Article
from editorial.actions import CannotSave, StaleSave, keep_refused
from editorial.numbers import whole_number
from editorial.queries.sittings import base_of, is_saved
from editorial.typed import posted_text


@dataclass(frozen=True)
class Refusal:
    """What to say and where to lead. Not kept is only what the story's latest text says already."""

    message: str
    address: str
    is_kept: bool


def base_in(post: QueryDict, article: Article, user: User) -> int | None:
    """The revision that a sent form was made on, if it says so."""
    base = whole_number(post.get("base", ""))
    return None if base is None else base_of(article, user, tab=tab_in(post), base=base)


def refuse(post: QueryDict, article: Article, why: CannotSave, *, by: User, at: datetime) -> Refusal:
    """Keep what the form holds, as it was typed. A stale save leads to the merge page."""
    page = reverse("admin:articles_article_change", args=(article.pk,))
    typed = posted_text(post)
    base = base_in(post, article, by)
    base = article.version if base is None else base
    if not typed or is_saved(article, by, base, typed):
        return Refusal(str(why), page, is_kept=False)
    sitting = keep_refused(
        article=article,
        user=by,
        tab=tab_in(post),
        base=base,
        content=typed,
        at=at,
    )
    merge = reverse("desk:merge", args=(article.pk, sitting.pk))
    if isinstance(why, StaleSave):
        return Refusal(f"{why} Both texts are kept: bring them together here.", merge, is_kept=True)
    said = format_html(
        '{} What you typed is kept: <a class="underline" href="{}">look at it</a>.', str(why), merge
    )
    return Refusal(said, page, is_kept=True)


def tab_in(post: QueryDict) -> str:
    """Which of a person's tabs sent the form; empty without scripts."""
    return post.get("tab", "").replace("\0", "")[:40]
