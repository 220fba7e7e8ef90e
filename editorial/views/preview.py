"""The latest text as readers of every kind (`editorial.personas`) would see it, on a phone or at a desk."""

from dataclasses import dataclass

from csp.constants import NONE
from csp.decorators import csp_replace
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import User
from articles.models import Article
from articles.story import story_page
from editorial.content import latest_text
from editorial.personas import Persona, personas
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page

FOREMOST = ("subscriber", "registered", "visitor")
"""The readers offered above the page, the first of them unless asked; the others are under “Who may read”."""
DEVICES = {"desk": "Desk", "phone": "Phone"}


@dataclass(frozen=True)
class Choice:
    label: str
    query: str
    is_current: bool


@desk_page("articles.view_article")
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The page in a frame, with what can be chosen above it as links."""
    story = story_at_desk(request, pk)
    persona = _persona(request, story)
    device = request.GET.get("on", "")
    chosen = {"as": persona.name, "on": device if device in DEVICES else next(iter(DEVICES))}
    known = personas(story, at=timezone.now())
    shown = dict.fromkeys((*FOREMOST, persona.name))
    labels = {"as": {name: known[name].label for name in shown}, "on": DEVICES}
    choices = {
        name: [
            Choice(label, urlencode(chosen | {name: value}), chosen[name] == value)
            for value, label in of.items()
        ]
        for name, of in labels.items()
    }
    context = desk_context(request, f"Preview: {story}", story=story, choices=choices)
    context |= {"reader": persona.name, "reader_label": persona.label, "device": chosen["on"]}
    return render(request, "editorial/preview.html", context)


@csp_replace({"form-action": [NONE]})
@desk_page("articles.view_article")
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page itself, as that reader is greeted, for whoever may see the story at the desk.

    It is kept nowhere, counts nothing, and none of its forms can be sent.
    """
    story, now = latest_text(story_at_desk(request, pk)), timezone.now()
    ruling = story.ruling(at=now)
    reader = _persona(request, story).arriving(story.pk, ruling=ruling, at=now)
    context = story_page(story, reader, at=now) | {
        "by_link": reader.opening is not None,
        "user": User() if reader.is_signed_in else AnonymousUser(),
        "is_subscriber": bool(reader.grants),
    }
    response = render(request, "editorial/preview_page.html", context)
    response["X-Robots-Tag"], response["Cache-Control"] = "noindex", "private, no-store"
    return response


def _persona(request: HttpRequest, story: Article) -> Persona:
    known = personas(story, at=timezone.now())
    return known.get(request.GET.get("as", ""), known[FOREMOST[0]])
