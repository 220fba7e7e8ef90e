"""The page of a guest: the text, and what they say of it. Its address is the proof of who they are."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import State
from articles.paywall import SUBSCRIBER
from articles.story import story_page
from editorial.actions import CannotMove, review_as_guest
from editorial.actions.comments import LONGEST_TEXT, CannotComment
from editorial.actions.guests import comment_as_guest, note_guest_seen
from editorial.content import latest_text
from editorial.models import GuestLink, Verdict
from editorial.numbers import whole_number
from editorial.queries.guests import is_guests_turn, threads_of_guest
from editorial.tokens import read_guest_token

PRIVATE = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
"""The address acts for its guest, so it is kept nowhere and passed on to nobody (rule P7)."""

VERDICTS = {"approve": Verdict.APPROVED, "changes": Verdict.CHANGES}


@csrf_exempt  # no cookie says who it is: only who has the address can post to it
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, token: str) -> HttpResponse:
    response = _respond(request, read_guest_token(token), at=timezone.now())
    for name, value in PRIVATE.items():
        response[name] = value
    return response


def _respond(request: HttpRequest, link: GuestLink | None, *, at: datetime) -> HttpResponse:
    if link is None or not link.is_open(at=at) or link.article.state == State.KILLED:
        return render(request, "editorial/guest_closed.html", status=410 if link else 404)
    if request.method == "POST":
        return _post(request, link, at=at)
    if request.method == "GET":
        note_guest_seen(link=link, at=at)
    return _page(request, link, at=at)


def _post(request: HttpRequest, link: GuestLink, *, at: datetime) -> HttpResponse:
    """Do what a button says and show the page anew; what is refused is shown with the words typed."""
    try:
        place = _act(request.POST, link, at=at)
    except (CannotMove, CannotComment) as refused:
        link.article.refresh_from_db()
        return _page(request, link, at=at, refused=str(refused), kept=request.POST, status=409)
    return redirect(f"{request.path}#{place}")


def _act(post: QueryDict, link: GuestLink, *, at: datetime) -> str:
    """Returns the part of the page that shows what was done. Raises `CannotMove`, `CannotComment`."""
    done = post.get("do", "")
    if done in VERDICTS:
        _give_verdict(post, link, VERDICTS[done], at=at)
        return "verdict"
    threads = threads_of_guest(link)
    thread = get_object_or_404(threads, pk=_number(post, "thread")) if done == "reply" else None
    text, quote = _words(post, "text"), _words(post, "quote")
    comment_as_guest(link=link, text=text, quote=quote, thread=thread, at=at)
    return "comments"


def _give_verdict(post: QueryDict, link: GuestLink, verdict: Verdict, *, at: datetime) -> None:
    """A form sent twice finds its verdict given, and that is what it asked for."""
    said = link.reviews.filter(version=link.article.version).last()
    if said and said.verdict == verdict and not is_guests_turn(link, at=at):
        return
    note = _words(post, "note")
    if len(note) > LONGEST_TEXT:
        raise CannotMove(f"Say it in {LONGEST_TEXT} characters at most.")
    review_as_guest(link=link, verdict=verdict, note=note, at=at, version=_number(post, "version"))


def _words(post: QueryDict, name: str) -> str:
    return post.get(name, "").replace("\0", "")  # PostgreSQL stores no NUL


def _number(post: QueryDict, name: str) -> int:
    """What is none is -1, which no row and no revision has."""
    number = whole_number(post.get(name, ""))
    return -1 if number is None else number


def _page(
    request: HttpRequest, link: GuestLink, *, at: datetime, status: int = 200, **more: Any
) -> HttpResponse:
    story = link.article
    context = story_page(latest_text(story), SUBSCRIBER, at=at) | {
        "link": link,
        "version": story.version,
        "is_their_turn": is_guests_turn(link, at=at),
        "said": link.reviews.filter(version=story.version).last(),
        "threads": threads_of_guest(link),
        **more,
    }
    return render(request, "editorial/guest.html", context, status=status)
