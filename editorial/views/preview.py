"""The latest text as readers of each kind would see it, on a phone or at a desk."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.models import User
from articles.paywall import REGISTERED, SUBSCRIBER, VISITOR
from articles.story import story_page
from editorial.content import latest_text
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page

READERS = {"subscriber": SUBSCRIBER, "registered": REGISTERED, "visitor": VISITOR}
CHOICES = {
    "as": {"subscriber": "Subscriber", "registered": "Registered reader", "visitor": "Visitor"},
    "on": {"desk": "Desk", "phone": "Phone"},
}
"""What can be chosen, the first of each unless asked."""


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
    chosen = {name: _chosen(request, name) for name in CHOICES}
    choices = {
        name: [
            Choice(label, urlencode(chosen | {name: value}), chosen[name] == value)
            for value, label in labels.items()
        ]
        for name, labels in CHOICES.items()
    }
    context = desk_context(request, f"Preview: {story}", story=story, chosen=chosen, choices=choices)
    context |= {"reader": chosen["as"], "device": chosen["on"]}
    return render(request, "editorial/preview.html", context)


@desk_page("articles.view_article")
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page itself, as that reader is greeted, for whoever may see the story at the desk; kept nowhere."""
    story = latest_text(story_at_desk(request, pk))
    reader = READERS[_chosen(request, "as")]
    context = story_page(story, reader, at=timezone.now()) | {
        "user": User() if reader.is_signed_in else AnonymousUser(),
        "is_subscriber": bool(reader.grants),
    }
    response = render(request, "editorial/preview_page.html", context)
    response["X-Robots-Tag"], response["Cache-Control"] = "noindex", "private, no-store"
    return response


def _chosen(request: HttpRequest, name: str) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in CHOICES[name] else next(iter(CHOICES[name]))
