"""What the page of a story says about who else is in it, and about text that was never saved."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.editor import IMPORT_MAP
from articles.models import Article
from editorial.models import Sitting
from editorial.queries.sittings import PRESENT, names_in, never_saved, others_at
from editorial.typed import FIELDS

register = template.Library()


@dataclass(frozen=True)
class Unsaved:
    """A shadow draft as the page offers it."""

    sitting: Sitting
    is_old: bool
    is_open_elsewhere: bool

    @property
    def record(self) -> dict[str, Any]:
        """What the page's script needs to put it back."""
        typed = self.sitting.content or {}
        return {"fields": typed, "names": names_in(typed), "base": self.sitting.base}

    @property
    def merge(self) -> str:
        return reverse("desk:merge", args=(self.sitting.article_id, self.sitting.pk))

    @property
    def discard(self) -> str:
        return reverse("desk:discard", args=(self.sitting.article_id, self.sitting.pk))


@register.inclusion_tag("editorial/_sitting.html", takes_context=True)
def desk_sitting(context: Context, article: Article) -> dict[str, Any]:
    """Presence, the shadow draft, recovery. Without scripts: what held when the page was made."""
    user, at = context["request"].user, timezone.now()
    assert isinstance(user, User)
    is_new_page = context["request"].method == "GET"  # a form sent and refused still holds what was typed
    unsaved = [
        Unsaved(sitting, sitting.base != article.version, sitting.seen_at >= at - PRESENT)
        for sitting in (never_saved(article, user) if is_new_page else [])
    ]
    return {
        "story": article,
        "user": user,
        "unsaved": unsaved,
        "others": others_at(article, user, at=at),
        "fields": " ".join(FIELDS),
        "zone": timezone.get_current_timezone_name(),
        "may_edit": context.get("may_edit", False),
        "is_refused": not is_new_page,
        "import_map": "" if context.get("may_edit") else IMPORT_MAP,  # where there is no editor to bring it
    }
