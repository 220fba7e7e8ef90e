"""From a pressed button to an action of the desk: what each asks for, does, and says when it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from accounts.models import User
from articles.models import Article
from editorial.actions import (
    CannotMove,
    approve_article,
    correct_article,
    discard_draft,
    kill_article,
    lift_hold,
    place_hold,
    publish_article,
    recall_article,
    request_changes,
    revive_article,
    submit_article,
    unpublish_article,
    unschedule_article,
)
from editorial.forms import MoveForm
from editorial.numbers import whole_number


@dataclass(frozen=True)
class Button:
    """A move as people know it. `asks` names fields of `MoveForm`, by the name its action knows them by."""

    label: str
    act: Callable[..., Any]
    done: str
    asks: dict[str, str]
    hint: str = ""
    is_of_text: bool = False
    """Whether it is said of a text that was read, and holds for no other."""

    @property
    def fields(self) -> list[str]:
        return list(self.asks.values())


NOTE, REASON = {"note": "note"}, {"reason": "note"}
BUTTONS: dict[str, Button] = {
    "submit": Button("Submit for review", submit_article, "Submitted for review.", NOTE),
    "approve": Button("Approve", approve_article, "Approved.", NOTE, is_of_text=True),
    "publish": Button("Publish now", publish_article, "Published. Readers see it now.", {}),
    "schedule": Button("Schedule", publish_article, "Scheduled for {when}.", {"when": "when"}),
    "request changes": Button(
        "Request changes", request_changes, "Sent back to its authors.", REASON, "Say what should change."
    ),
    "recall": Button("Take back to draft", recall_article, "Taken back to draft.", {}),
    "unschedule": Button("Take off the schedule", unschedule_article, "Taken off the schedule.", {}),
    "correct": Button(
        "Publish as a correction",
        correct_article,
        "The correction is published.",
        {"notice": "notice", "reason": "note"},
        "The notice stands under the story and on the page of corrections; the note is for the desk.",
    ),
    "discard draft": Button(
        "Discard the working draft", discard_draft, "Back to the text that readers see.", {}
    ),
    "unpublish": Button("Unpublish", unpublish_article, "Unpublished. Readers no longer see it.", REASON),
    "kill": Button(
        "Kill",
        kill_article,
        "Killed.",
        {"reason": "note", "notice": "notice"},
        "The story leaves every page; its address shows the notice.",
    ),
    "revive": Button("Revive as a draft", revive_article, "A draft again.", REASON),
    "hold": Button("Place a legal hold", place_hold, "Held: it cannot be published.", REASON),
    "lift hold": Button("Lift the legal hold", lift_hold, "The hold is lifted.", REASON),
}


def make_move(post: QueryDict, *, article: Article, by: User, at: datetime, seen: int | None = None) -> str:
    """Carry out the move that the button `_move` names; returns what to tell the person.

    Its fields come with the prefix `move-<name>`. `seen` is the revision on the page that they pressed it on.
    Raises `CannotMove`: unknown button, missing or nonsensical details, or refused by the action.
    """
    name = post.get("_move", "")
    if name not in BUTTONS:
        raise CannotMove("There is no such move.")
    button = BUTTONS[name]
    form = form_of(name, post)
    if not form.is_valid():
        raise CannotMove(" ".join(str(error) for errors in form.errors.values() for error in errors))
    details = {wanted: form.cleaned_data[field] for wanted, field in button.asks.items()}
    if "when" in details and not details["when"]:
        raise CannotMove("Say when it should be published.")
    if button.is_of_text:
        details["version"] = seen
    button.act(article=article, by=by, at=at, **details)
    when = details.get("when")
    return button.done.format(when=f"{localtime(when):%B %-d, %Y, %H:%M}" if when else "")


def seen_in(post: QueryDict) -> int | None:
    """The revision that was on the page, if it says so."""
    return whole_number(post.get("seen", ""))


def with_words(reason: object, post: QueryDict) -> SafeString:
    """Why a move was refused, with the words that came with it: they are not to be typed twice."""
    typed = typed_for(post.get("_move", ""), post)
    words = [typed[name].strip() for name in ("note", "notice") if typed.get(name, "").strip()]
    kept = format_html_join("", "<br>You had written: “{}”", ((each,) for each in words))
    return format_html("{}{}", str(reason), kept)


def typed_for(name: str, post: QueryDict) -> dict[str, str]:
    """What was typed into the fields of a move, sound or not."""
    if name not in BUTTONS:
        return {}
    form = form_of(name)
    return {field: post.get(form.add_prefix(field), "") for field in form.fields}


def form_of(name: str, post: QueryDict | None = None, *, initial: dict[str, str] | None = None) -> MoveForm:
    """The fields that one move asks for, under names of their own."""
    form = MoveForm(post, prefix=f"move-{name.replace(' ', '-')}", initial=initial)
    for field in set(form.fields) - set(BUTTONS[name].fields):
        del form.fields[field]
    return form
