"""The calendar of the desk, and moving something in it to another day or hour."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.queries import signed_in_user
from articles.models import Article, State
from editorial.actions import CannotMove, assign_story, publish_article
from editorial.agenda import days_of, month_of, on_day, sensible_day, span_from, week_of
from editorial.plan_forms import MomentForm
from editorial.queries import visible_to_staff
from editorial.views.guard import story_at_desk
from editorial.views.moves import answer, way_back
from kit.desk import desk_context, desk_page

KINDS = {"due": "Due", "scheduled": "Goes out"}


@desk_page("articles.view_article")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """A month (`month=2026-11`) or a week (`week=2026-W48`) of the stories this person sees."""
    user, at = signed_in_user(request), timezone.now()
    today = timezone.localtime(at).date()
    span = span_from(request.GET.dict(), today=today)
    days = days_of(span, visible_to_staff(user), user, at=at)
    shown_week = week_of(today if span.first <= today <= span.last else span.month or span.first)
    present = month_of(today) if span.month else week_of(today)
    context = desk_context(
        request, "Calendar", span=span, days=days, week=shown_week, present=present, is_fullwidth="1"
    )
    return render(request, "editorial/calendar.html", context)


@desk_page("articles.view_article")
@require_http_methods(["GET", "HEAD", "POST"])
def reschedule(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Another moment for a story's text to be due, or for the story to go out.

    POST with `when`, or with `day` to keep the hour. GET gives the form: a page, or with `part` its inside.
    """
    story, at = story_at_desk(request, pk), timezone.now()
    if kind not in KINDS:
        raise Http404
    if request.method != "POST":
        return _form(request, story, kind)
    try:
        said = _move(story, kind, _wanted(request, story, kind), by=signed_in_user(request), at=at)
    except CannotMove as reason:
        return answer(request, f"{story} stays where it is. {reason}", is_refused=True)
    return answer(request, said)


def _form(request: HttpRequest, story: Article, kind: str) -> HttpResponse:
    form = MomentForm(initial={"when": _planned_moment(story, kind)})
    context = {
        "story": story,
        "kind": kind,
        "form": form,
        "next": way_back(request, "desk:calendar"),
    }
    if "part" in request.GET:
        return render(request, "editorial/_reschedule.html", context)
    title = f"{KINDS[kind]}: {story}"
    return render(request, "editorial/reschedule.html", desk_context(request, title, **context))


def _planned_moment(story: Article, kind: str) -> datetime | None:
    if kind == "scheduled":
        return story.scheduled_for
    assignment = getattr(story, "assignment", None)
    return assignment.due_at if assignment else None


def _wanted(request: HttpRequest, story: Article, kind: str) -> datetime | None:
    """The moment that was asked for. Raises `CannotMove` when it makes no sense."""
    if "day" not in request.POST:
        form = MomentForm(request.POST)
        if not form.is_valid():
            raise CannotMove("That is not a date and a time.")
        when: datetime | None = form.cleaned_data["when"]
        return when
    moment = _planned_moment(story, kind)
    try:
        day = sensible_day(request.POST["day"])
    except ValueError:
        raise CannotMove("That is not a day.") from None
    if moment is None:
        raise CannotMove("It has no time to keep: open its plan.")
    return on_day(moment, day)


def _move(story: Article, kind: str, when: datetime | None, *, by: User, at: datetime) -> str:
    """Raises `CannotMove`: a moment in the past to go out at, or not this person's to move."""
    if kind == "due":
        assign_story(article=story, by=by, at=at, due_at=when)
        return f"{story} is due {_words(when)}." if when else f"{story} is due at no special time."
    if story.state != State.SCHEDULED:
        raise CannotMove("It is not scheduled any more.")
    if when is None or when <= at:
        raise CannotMove("Choose a moment to come.")
    publish_article(article=story, by=by, at=at, when=when)
    return f"{story} goes out {_words(when)}."


def _words(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%A, %B %-d, %H:%M}"
