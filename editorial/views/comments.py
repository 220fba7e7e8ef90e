"""The comments of a story: on a page of their own, and as parts of the page it is written on."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.queries import signed_in_user
from articles.models import Article
from editorial.actions import (
    CannotComment,
    accept_suggestion,
    add_comment,
    reject_suggestion,
    reopen_comment,
    reply,
    resolve_comment,
)
from editorial.content import head_content
from editorial.numbers import whole_number
from editorial.passages import marked_lines
from editorial.queries import can_comment, people_at, threads_of
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page

DECISIONS: dict[str, Callable[..., None]] = {
    "resolve": resolve_comment,
    "reopen": reopen_comment,
    "accept": accept_suggestion,
    "reject": reject_suggestion,
}


class CommentForm(forms.Form):
    """What a comment comes with; the action checks what may be said. Line ends count as one character."""

    text = forms.CharField(required=False)
    quote = forms.CharField(required=False, strip=False)
    near = forms.IntegerField(required=False)
    suggests = forms.BooleanField(required=False)
    replacement = forms.CharField(required=False, strip=False)

    def words(self) -> dict[str, Any]:
        """For `add_comment`."""
        given = self.cleaned_data
        return {
            "text": given["text"],
            "quote": given["quote"].replace("\r\n", "\n"),
            "near": given["near"] or 0,
            "replacement": given["replacement"] if given["suggests"] else None,
        }


@desk_page("articles.view_article")
@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest, pk: int) -> HttpResponse:
    """The threads for whoever sees the story; with `part`, as a part for a script, otherwise as a page.

    POST does what `do` names: add, reply, resolve, reopen, accept or reject; but for add, to `comment`. What
    cannot be done is answered with 400 and the reason: for a script as JSON, `error`.
    """
    story, refusal = story_at_desk(request, pk), ""
    is_part = "part" in request.GET
    if request.method == "POST":
        try:
            key = act(request, story)
        except CannotComment as reason:
            refusal = str(reason)
        else:
            if not is_part:
                return redirect(f"{request.get_full_path()}#comment-{key}")
            story = story_at_desk(request, pk)
    if refusal and is_part:
        return JsonResponse({"error": refusal}, status=400)
    return show_part(request, story) if is_part else show_page(request, story, refusal)


def act(request: HttpRequest, story: Article) -> int:
    """Do what was asked; returns the key of the thread. Raises `CannotComment`."""
    given, by, at = CommentForm(request.POST), signed_in_user(request), timezone.now()
    if not given.is_valid():
        raise CannotComment("This form cannot be read.")
    do = request.POST.get("do")
    if do == "add":
        return add_comment(article=story, **given.words(), by=by, at=at).pk
    key = whole_number(request.POST.get("comment", ""))
    thread = get_object_or_404(story.comments, pk=key, parent=None)
    if do == "reply":
        reply(comment=thread, text=given.cleaned_data["text"], by=by, at=at)
    elif do in DECISIONS:
        DECISIONS[do](comment=thread, by=by, at=at)
    else:
        raise CannotComment("There is no such thing to do.")
    return thread.pk


def show_part(request: HttpRequest, story: Article) -> HttpResponse:
    """The open threads alone."""
    threads = threads_of(story, signed_in_user(request))
    response = render(
        request, "editorial/_threads.html", {"story": story, "threads": threads, "is_part": True}
    )
    response["Cache-Control"] = "private, no-store"
    return response


def show_page(request: HttpRequest, story: Article, refusal: str = "") -> HttpResponse:
    """The text with its passages marked, and the threads beside it; what was refused stays in its field."""
    user, shows_all = signed_in_user(request), request.GET.get("show") == "all"
    threads = threads_of(story, user, only_open=not shows_all)
    open_ones = [thread.comment for thread in threads if thread.is_open]
    if refusal:
        messages.error(request, refusal)
    context = desk_context(
        request,
        f"Comments: {story}",
        story=story,
        address=reverse("desk:comments", args=(story.pk,)) + ("?show=all" if shows_all else ""),
        threads=threads,
        shows_all=shows_all,
        lines=marked_lines(head_content(story).body, open_ones),
        may_comment=can_comment(story, user),
        people=[str(person) for person in people_at(story)],
        kept=request.POST if refusal else {},
    )
    return render(request, "editorial/comments.html", context, status=400 if refusal else 200)
