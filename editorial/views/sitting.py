"""Where the page of a story says, every few seconds, that it is open and what was typed in it."""

import json
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.queries import signed_in_user
from articles.models import Article
from editorial.actions import discard_sitting, forget_sitting, keep_sitting
from editorial.models import Sitting
from editorial.queries import visible_to_staff
from editorial.queries.sittings import is_typing, others_at, saved_since
from editorial.typed import read_typed
from editorial.views.guard import story_at_desk
from kit.desk import desk_page

MOST_BYTES = 2_000_000
MOST_IN_TAB = 40


@never_cache
@require_http_methods(["GET", "POST"])
def sitting(request: HttpRequest, pk: int) -> JsonResponse:
    """For the script of the story's page: every answer is JSON, a lost login too, and never a redirect.

    GET gives a fresh token against forged requests, for a page whose person signed in again elsewhere.
    POST takes {tab, base, fields?, is_leaving?}; without `fields` only presence is noted.
    """
    if not admin.site.has_permission(request):
        return _refused("signed out", 401)
    user = signed_in_user(request)
    story = visible_to_staff(user).defer("body").filter(pk=pk).first()
    if story is None or not user.has_perm("articles.view_article"):
        return _refused("no such story", 404)
    if request.method == "GET":
        return JsonResponse({"token": get_token(request), "user": user.pk})
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return _refused("too long", 413)
    said = _read(request)
    if said is None:
        return _refused("not understood", 400)
    return JsonResponse(_note(said, story, user, at=timezone.now()))


@desk_page("articles.view_article")
@require_POST
def discard(request: HttpRequest, pk: int, sitting_pk: int) -> HttpResponse:
    """Throw one's own shadow draft away."""
    story = story_at_desk(request, pk)
    discard_sitting(sitting=get_object_or_404(story.sittings, pk=sitting_pk, user=signed_in_user(request)))
    messages.success(request, "Discarded.")
    return redirect("admin:articles_article_change", pk)


def _refused(error: str, status: int) -> JsonResponse:
    return JsonResponse({"error": error}, status=status)


def _read(request: HttpRequest) -> dict[str, Any] | None:
    """What the script said, or None if it is not what the script says."""
    try:
        said = json.loads(request.body)
        tab, base = str(said["tab"]), int(said["base"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not (0 < len(tab) <= MOST_IN_TAB and "\0" not in tab and 0 <= base < 2**31):
        return None
    typed = read_typed(said["fields"]) if said.get("fields") is not None else None
    return {"tab": tab, "base": base, "content": typed, "is_leaving": bool(said.get("is_leaving"))}


def _note(said: dict[str, Any], story: Article, user: User, *, at: datetime) -> dict[str, Any]:
    is_leaving = said.pop("is_leaving")
    kept = keep_sitting(article=story, user=user, at=at, **said)
    if is_leaving:
        forget_sitting(article=story, user=user, tab=said["tab"])
    return {
        "saved_at": at.isoformat() if said["content"] is not None else None,
        "draft": _draft(kept) if kept else None,
        "others": [_person(other, at=at) for other in others_at(story, user, at=at)],
        "latest": _latest(story, user, said["base"]),
    }


def _draft(kept: Sitting) -> dict[str, Any]:
    key = (kept.article_id, kept.pk)
    return {"merge": reverse("desk:merge", args=key), "discard": reverse("desk:discard", args=key)}


def _person(other: Sitting, *, at: datetime) -> dict[str, Any]:
    since = timezone.localtime(other.opened_at)
    return {"name": str(other.user), "since": f"{since:%H:%M}", "is_typing": is_typing(other, at=at)}


def _latest(story: Article, user: User, base: int) -> dict[str, Any] | None:
    """The newest revision, if the page shows an older one."""
    if story.version <= base or not (found := saved_since(story, base)):
        return None
    when = timezone.localtime(found.at)
    return {
        "number": found.number,
        "by": found.by_label,
        "is_own": found.by_id == user.pk,
        "at": f"{when:%H:%M}",
    }
