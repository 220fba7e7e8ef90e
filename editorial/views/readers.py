"""Who may read a story: every kind of reader before it, what they are told, and the page as they see it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.models import Access
from articles.paywall import By, Decision, Verdict
from editorial.content import latest_text
from editorial.personas import Persona, personas
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page
from subscriptions.models import Source

VERDICTS = {
    Verdict.ALLOW: "Reads all of it",
    Verdict.TEASER: "Reads the opening; one click opens the rest",
    Verdict.REGISTER: "Reads the opening; asked to register",
    Verdict.SUBSCRIBE: "Reads the opening; asked to subscribe",
}
OPENED_BY = {**dict(Source.choices), By.FREE: "free for everyone", By.LINK: "link", By.ACCOUNT: "account"}


@dataclass(frozen=True)
class Row:
    persona: Persona
    decision: Decision

    @property
    def verdict(self) -> str:
        return VERDICTS[self.decision.verdict]

    @property
    def opened_by(self) -> str:
        return str(OPENED_BY.get(self.decision.by, self.decision.by))


@desk_page("articles.view_article")
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest text at this moment. What it takes no query to decide: each row is a pure function."""
    story, now = latest_text(story_at_desk(request, pk)), timezone.now()
    ruling = story.ruling(at=now)
    rows = [
        Row(persona, persona.decision(story.pk, ruling=ruling, at=now))
        for persona in personas(story, at=now).values()
    ]
    parts = {
        "May read it": [row for row in rows if row.decision.is_allowed],
        "May not read it": [row for row in rows if not row.decision.is_allowed],
    }
    context = desk_context(request, f"Who may read: {story}", story=story, ruling=ruling, parts=parts)
    context["access"] = Access(ruling.access).label
    response = render(request, "editorial/readers.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
