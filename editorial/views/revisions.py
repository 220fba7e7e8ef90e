"""The saves of a story: all of them, one as its page, and bringing one back."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.queries import signed_in_user
from articles.models import Article, State
from articles.paywall import SUBSCRIBER
from articles.story import story_page
from editorial.actions import CannotSave, StaleSave, name_revision, restorable, restore_revision
from editorial.content import Content, head_content, overlay
from editorial.history import read_version, saves_of
from editorial.models import Verdict
from editorial.named_rows import what_remains
from editorial.numbers import whole_number
from editorial.queries import Situation, can_edit, hindrance
from editorial.views.guard import story_at_desk
from editorial.workflow import EDIT
from kit.desk import desk_context, desk_page

PER_PAGE = 30


class NameForm(forms.Form):
    name = forms.CharField(required=False, max_length=80)


@desk_page("articles.view_article")
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """All saves, the latest first; any two can be chosen to be compared."""
    story, at = story_at_desk(request, pk), timezone.now()
    revisions = story.revisions.select_related("by")
    page = Paginator(revisions, PER_PAGE).get_page(request.GET.get("page"))
    first = page.start_index() - 1 if page.paginator.count else 0
    rows = list(revisions[first : first + PER_PAGE + 1])
    saves = saves_of(story, rows, PER_PAGE, at=at)
    chosen = next((save.revision.number for save in saves[1:] if save.is_read), None)
    context = desk_context(
        request,
        f"Revisions: {story}",
        story=story,
        page=page,
        saves=saves,
        old=chosen or (rows[1].number if len(saves) > 1 else None),
        may_edit=can_edit(story, signed_in_user(request)),
    )
    return render(request, "editorial/revisions.html", context)


@desk_page("articles.view_article")
@require_safe
def look(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The whole page as a subscriber would get it with the text of this revision; kept nowhere."""
    stored = story_at_desk(request, pk)
    revision = get_object_or_404(stored.revisions.select_related("by"), number=number)
    remains = what_remains(Content.from_json(revision.content), section=stored.section_id)
    story = overlay(stored, remains.content)
    story.word_count = revision.word_count
    context = story_page(story, SUBSCRIBER, at=timezone.now())
    context |= {"revision": revision, "remains": remains}
    response = render(request, "editorial/revision_page.html", context)
    response["X-Robots-Tag"], response["Cache-Control"] = "noindex", "private, no-store"
    return response


@desk_page("articles.view_article")
@require_POST
def name(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Name a revision, or take its name away; then back to where it stands in the list."""
    story, by, form = story_at_desk(request, pk), signed_in_user(request), NameForm(request.POST)
    given = form.cleaned_data["name"] if form.is_valid() else None
    try:
        if given is None:
            raise CannotSave("A name has 80 characters at most.")
        name_revision(article=story, number=number, name=given, by=by, at=timezone.now())
    except CannotSave as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Revision {number} is {'named ' + given if given else 'without a name'}.")
    return redirect(_list_around(story, number))


@desk_page("articles.view_article")
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Say what restoring brings about, and ask; then do it. A text saved meanwhile asks once more."""
    story = story_at_desk(request, pk)
    get_object_or_404(story.revisions, number=number)
    if request.method != "POST":
        return render(request, "editorial/restore.html", _consequences(request, story, number))
    try:
        _restore(request, story, number)
    except StaleSave as stale:
        messages.warning(request, f"{stale} Look again before you restore.")
        return redirect("desk:restore", pk, number)
    except CannotSave as refused:
        messages.error(request, str(refused))
    return redirect("desk:revisions", pk)


def _restore(request: HttpRequest, story: Article, number: int) -> None:
    """Raises `CannotSave`."""
    made = restore_revision(
        article=story,
        number=number,
        by=signed_in_user(request),
        at=timezone.now(),
        base=whole_number(request.POST.get("base", "")),
    )
    if made is None:
        messages.info(request, f"The latest text is that of revision {number} already.")
        return
    note = made.note.removeprefix(f"restored revision {number}")
    messages.success(
        request, f"The text of revision {number} is the latest, as revision {made.number}{note}."
    )


def _consequences(request: HttpRequest, story: Article, number: int) -> dict[str, object]:
    """What the page that asks has to say."""
    at = timezone.now()
    remains = restorable(story, number)
    refusal = hindrance(EDIT, Situation(story, signed_in_user(request), at))
    return desk_context(
        request,
        f"Restore revision {number}: {story}",
        story=story,
        revision=story.revisions.select_related("by").get(number=number),
        next_number=story.version + 1,
        remains=remains,
        is_same=remains.content == head_content(story),
        refusal=refusal,
        next_state="" if refusal else State(EDIT.path[State(story.state)]).label,
        read=read_version(story, at=at),
        approvals=story.reviews.filter(version=story.version, verdict=Verdict.APPROVED),
    )


def _list_around(story: Article, number: int) -> str:
    """The page of the list that the revision stands on."""
    page = story.revisions.filter(number__gt=number).count() // PER_PAGE + 1
    query = f"?{urlencode({'page': page})}" if page > 1 else ""
    return f"{reverse('desk:revisions', args=(story.pk,))}{query}#revision-{number}"
