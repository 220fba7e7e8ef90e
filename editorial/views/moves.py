"""The moves a person may make with a story, and making one: for the board, with and without script."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.queries import signed_in_user
from articles.models import State
from editorial.actions import CannotMove
from editorial.buttons import make_move, seen_in, with_words
from editorial.desk import offers_for
from editorial.dragging import Route, route_to
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page


@desk_page("articles.view_article")
@require_safe
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """A form for each move; `to`, a state, opens the one that leads there or says why none does.

    With `part` only the inside of a dialog, otherwise a page. `next` is where to go afterwards.
    """
    story, user, at = story_at_desk(request, pk), signed_in_user(request), timezone.now()
    to = request.GET.get("to", "")
    route = route_to(State(to), story, user, at=at) if to in State.values else Route()
    offers = sorted(offers_for(story, user, at=at), key=lambda offer: offer.name != route.move)
    context = {"story": story, "offers": offers, "route": route, "next": way_back(request, "desk:board")}
    if "part" in request.GET:
        return render(request, "editorial/_moves.html", context)
    return render(request, "editorial/moves.html", desk_context(request, f"Move: {story}", **context))


@desk_page("articles.view_article")
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry out a move. A script gets `said` as JSON, with 409 for a refusal; a page is led on to `next`."""
    story = story_at_desk(request, pk)
    try:
        done = make_move(
            request.POST,
            article=story,
            by=signed_in_user(request),
            at=timezone.now(),
            seen=seen_in(request.POST),
        )
    except CannotMove as reason:
        return answer(request, f"{story} stays where it is. {reason}", is_refused=True)
    return answer(request, f"{story}: {done} It is {story.get_state_display()} now.")


def answer(request: HttpRequest, said: str, *, is_refused: bool = False) -> HttpResponse:
    """Tell what came of a move, in the way that was asked for."""
    if request.accepts("text/html"):
        if is_refused:
            messages.error(request, with_words(said, request.POST))
        else:
            messages.success(request, said)
        return redirect(way_back(request, "desk:board"))
    return JsonResponse({"said": said}, status=409 if is_refused else 200)


def way_back(request: HttpRequest, otherwise: str) -> str:
    """Where whoever asked wants to go on: a path of our own, or the page called `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else reverse(otherwise)
