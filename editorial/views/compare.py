"""Any two saves of a story as one text."""

from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.queries import signed_in_user
from articles.models import Article
from editorial.comparison import compare
from editorial.content import Content
from editorial.history import read_version
from editorial.queries import can_edit
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page

CHANGES = "changes"


class PairForm(forms.Form):
    """Which two; what is left empty is chosen by the page."""

    old = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    new = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


@dataclass(frozen=True)
class Pair:
    """Two revisions by their numbers, `only` that of the switch; the address of their comparison."""

    old: int
    new: int
    only: str = ""

    @property
    def query(self) -> str:
        return urlencode({"old": self.old, "new": self.new} | ({"only": self.only} if self.only else {}))


@desk_page("articles.view_article")
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """`old` and `new` are numbers; without them the latest is compared with what readers see, or with the
    one before. `only=changes` folds what is the same."""
    story = story_at_desk(request, pk)
    only = CHANGES if request.GET.get("only") == CHANGES else ""
    pair = _pair(request, story, only)
    found = {
        each.number: each
        for each in story.revisions.filter(number__in=(pair.old, pair.new)).select_related("by")
    }
    if {pair.old, pair.new} != set(found):
        raise Http404
    old, new = found[pair.old], found[pair.new]
    context = desk_context(
        request,
        f"Compare revisions {old.number} and {new.number}: {story}",
        story=story,
        old=old,
        new=new,
        comparison=compare(Content.from_json(old.content), Content.from_json(new.content)),
        language=new.content.get("language", ""),
        is_folded=bool(only),
        may_edit=can_edit(story, signed_in_user(request)),
        links=_links(story, pair),
    )
    return render(request, "editorial/compare.html", context)


def _pair(request: HttpRequest, story: Article, only: str) -> Pair:
    """What was asked for, filled up. Raises `Http404` for what is no number."""
    form = PairForm(request.GET)
    if not form.is_valid():
        raise Http404
    new = form.cleaned_data["new"] or story.version
    old = form.cleaned_data["old"]
    if old is None and form.cleaned_data["new"] is None:
        read = read_version(story, at=timezone.now())
        old = read if read != new else None
    return Pair(old or _before(story, new) or new, new, only)


def _links(story: Article, pair: Pair) -> dict[str, Pair | None]:
    """Where one can go on from here: the saves before and after, the other way round, the other view."""
    first, last = sorted((pair.old, pair.new))
    before, after = _before(story, first), _after(story, last)
    return {
        "earlier": Pair(before, first, pair.only) if before else None,
        "later": Pair(last, after, pair.only) if after else None,
        "swapped": Pair(pair.new, pair.old, pair.only),
        "whole": Pair(pair.old, pair.new),
        "changes": Pair(pair.old, pair.new, CHANGES),
    }


def _before(story: Article, number: int) -> int | None:
    found = story.revisions.filter(number__lt=number).order_by("-number")
    return found.values_list("number", flat=True).first()


def _after(story: Article, number: int) -> int | None:
    found = story.revisions.filter(number__gt=number).order_by("number")
    return found.values_list("number", flat=True).first()
