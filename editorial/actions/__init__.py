"""Everything the desk does to a story."""

from editorial.actions.drafts import CannotSave, save_draft
from editorial.actions.moves import (
    CannotMove,
    CannotPublish,
    approve_article,
    publish_article,
    publish_due,
    send_back,
    submit_article,
    unpublish_article,
)
from editorial.actions.wire import Imported, import_wire

__all__ = [
    "CannotMove",
    "CannotPublish",
    "CannotSave",
    "Imported",
    "approve_article",
    "import_wire",
    "publish_article",
    "publish_due",
    "save_draft",
    "send_back",
    "submit_article",
    "unpublish_article",
]
