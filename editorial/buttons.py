"""From a pressed button to an action of the desk."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.timezone import localtime

from accounts.models import User
from articles.models import Article
from editorial.actions import (
    CannotMove,
    approve_article,
    publish_article,
    send_back,
    submit_article,
    unpublish_article,
)
from editorial.forms import MoveForm
from editorial.workflow import APPROVE, PUBLISH, SCHEDULE, SEND_BACK, SUBMIT, UNPUBLISH

DONE: dict[str, str] = {
    SUBMIT.name: "Submitted for review.",
    SEND_BACK.name: "Sent back to its writer.",
    APPROVE.name: "Approved.",
    PUBLISH.name: "Published. Readers see it now.",
    SCHEDULE.name: "Scheduled for {when}.",
    UNPUBLISH.name: "Unpublished. Readers no longer see it.",
}
ACTIONS: dict[str, Callable[..., None]] = {
    SUBMIT.name: submit_article,
    SEND_BACK.name: send_back,
    APPROVE.name: approve_article,
    PUBLISH.name: publish_article,
    SCHEDULE.name: publish_article,
    UNPUBLISH.name: unpublish_article,
}


def make_move(post: QueryDict, *, article: Article, by: User, at: datetime) -> str:
    """Carry out the move that the button `_move` names; returns what to tell the person.

    Raises:
        CannotMove: unknown button, missing or nonsensical details, or refused by the action.
    """
    name = post.get("_move", "")
    if name not in ACTIONS:
        raise CannotMove("There is no such move.")
    form = MoveForm(post)
    if not form.is_valid():
        raise CannotMove(" ".join(str(error) for errors in form.errors.values() for error in errors))
    details = _details(name, form.cleaned_data)
    ACTIONS[name](article=article, by=by, at=at, **details)
    when = details.get("when")
    return DONE[name].format(when=f"{localtime(when):%B %-d, %Y, %H:%M}" if when else "")


def _details(name: str, given: dict[str, Any]) -> dict[str, Any]:
    if name == SCHEDULE.name:
        if not given["when"]:
            raise CannotMove("Say when it should be published.")
        return {"when": given["when"]}
    return {"reason": given["note"]} if name == SEND_BACK.name else {}
