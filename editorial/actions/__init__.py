"""Everything the desk does to a story."""

from editorial.actions.comments import (
    CannotComment,
    accept_applied,
    accept_suggestion,
    add_comment,
    reject_suggestion,
    reopen_comment,
    reply,
    resolve_comment,
)
from editorial.actions.drafts import (
    CannotSave,
    StaleSave,
    begin_story,
    name_revision,
    save_draft,
)
from editorial.actions.due import publish_due
from editorial.actions.holds import lift_hold, place_hold
from editorial.actions.moves import (
    correct_article,
    discard_draft,
    kill_article,
    publish_article,
    recall_article,
    revive_article,
    submit_article,
    unpublish_article,
    unschedule_article,
)
from editorial.actions.moving import CannotMove, CannotPublish
from editorial.actions.notices import tell
from editorial.actions.placing import Placing, place_article
from editorial.actions.planning import Plan, assign_story, free_slug, plan_story
from editorial.actions.restoring import restorable, restore_revision
from editorial.actions.reviews import approve_article, request_changes, review_as_guest
from editorial.actions.sittings import (
    discard_sitting,
    forget_sitting,
    forget_sittings,
    keep_refused,
    keep_sitting,
    settle_sitting,
)
from editorial.actions.wire import Imported, import_wire

__all__ = [
    "CannotComment",
    "CannotMove",
    "CannotPublish",
    "CannotSave",
    "Imported",
    "Placing",
    "Plan",
    "StaleSave",
    "accept_applied",
    "accept_suggestion",
    "add_comment",
    "approve_article",
    "assign_story",
    "begin_story",
    "correct_article",
    "discard_draft",
    "discard_sitting",
    "forget_sitting",
    "forget_sittings",
    "free_slug",
    "import_wire",
    "keep_refused",
    "keep_sitting",
    "kill_article",
    "lift_hold",
    "name_revision",
    "place_article",
    "place_hold",
    "plan_story",
    "publish_article",
    "publish_due",
    "recall_article",
    "reject_suggestion",
    "reopen_comment",
    "reply",
    "request_changes",
    "resolve_comment",
    "restorable",
    "restore_revision",
    "review_as_guest",
    "revive_article",
    "save_draft",
    "settle_sitting",
    "submit_article",
    "tell",
    "unpublish_article",
    "unschedule_article",
]
