"""Choosing letters, pausing them and stopping them: signed in, or by the link in every letter.

The link is the proof: it needs no sign-in, no cookie and no form token, and its page tells no more of its
reader than a masked address.
"""

from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.queries import signed_in_user
from newsletters.actions import choose_letters, pause_letters, resume_letters, unsubscribe_from_all
from newsletters.forms import ChoicesForm, PauseForm
from newsletters.models import Newsletter
from newsletters.standing import Choice, Standing, standing_of
from newsletters.tokens import read_reader_token
from newsletters.views.private import private_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    desk = Desk(signed_in_user(request), "account page", timezone.now())
    desk.take(request)
    if desk.said:
        messages.success(request, desk.said)
        return redirect("newsletter_preferences")
    return render(request, "newsletters/preferences.html", desk.context())


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_by_link(request: HttpRequest, token: str) -> HttpResponse:
    reader = read_reader_token(token)
    if reader is None:
        return private_page(request, "newsletters/choices_gone.html", status=HTTPStatus.GONE)
    desk = Desk(reader, "link in a letter", timezone.now())
    desk.take(request)
    context = desk.context() | {"address": masked_address(reader.email), "token": token}
    return private_page(request, "newsletters/choices.html", **context)


def masked_address(address: str) -> str:
    """Enough for its owner to know it by: `r…@readers.example`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


@dataclass
class Desk:
    """One reader's letters, and what they do about them on the page."""

    user: User
    source: str
    at: datetime
    said: str = ""
    had: list[Newsletter] = field(default_factory=list)
    part: str = "newsletters/_choices.html"

    def __post_init__(self) -> None:
        self.standing: Standing = standing_of(self.user, at=self.at)
        self.choices, self.pause = ChoicesForm(self.standing), PauseForm(at=self.at)

    def take(self, request: HttpRequest) -> None:
        """Do what was posted; without a word of what, the choices were."""
        if request.method != "POST":
            return
        deeds = {"pause": self._pause, "resume": self._resume, "stop": self._stop, "undo": self._undo}
        deeds.get(request.POST.get("do", ""), self._choose)(request)
        if self.said:
            self.__post_init__()

    def _choose(self, request: HttpRequest) -> None:
        self.choices = ChoicesForm(self.standing, request.POST)
        if self.choices.is_valid():
            choose_letters(user=self.user, choices=self.choices.choices(), source=self.source, at=self.at)
            self.said = "Your choice is saved."

    def _pause(self, request: HttpRequest) -> None:
        self.pause = PauseForm(request.POST, at=self.at)
        if self.pause.is_valid():
            pause_letters(user=self.user, until=self.pause.ends_at(), source=self.source, at=self.at)
            self.said = "Your break has begun."

    def _resume(self, request: HttpRequest) -> None:
        resume_letters(user=self.user, source=self.source, at=self.at)
        self.said = "Your letters come again."

    def _stop(self, request: HttpRequest) -> None:
        """Asked once more, as it ends all of them."""
        self.part = "newsletters/_stop.html"
        if "sure" in request.POST:
            self.part = "newsletters/_stopped.html"
            self.had = unsubscribe_from_all(user=self.user, source=self.source, at=self.at)

    def _undo(self, request: HttpRequest) -> None:
        """Have again what they had when they stopped all."""
        had = set(request.POST.getlist("had"))
        again = [
            Choice(choice.newsletter, True, choice.cadence)
            for choice in self.standing.choices
            if choice.newsletter.slug in had
        ]
        choose_letters(user=self.user, choices=again, source=self.source, at=self.at)
        self.said = "All as it was: your letters come again."

    def context(self) -> dict[str, Any]:
        return {
            "form": self.choices,
            "pause": self.pause,
            "standing": self.standing,
            "said": self.said,
            "had": self.had,
            "part": self.part,
        }
