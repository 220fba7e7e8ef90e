"""What the desk knows of a story beside its text: who works on it, every version, reviews, words about it."""

from editorial.models.checks import CheckedLink, CheckRule, HouseStyleTerm
from editorial.models.comment import Comment
from editorial.models.hold import LegalHold
from editorial.models.link import GuestLink
from editorial.models.notification import Notification, NotificationSetting
from editorial.models.planning import Assignment, Priority, StoryTemplate
from editorial.models.review import Review, ReviewPath, ReviewStep, Verdict
from editorial.models.revision import Revision
from editorial.models.sitting import Sitting

__all__ = [
    "Assignment",
    "CheckRule",
    "CheckedLink",
    "Comment",
    "GuestLink",
    "HouseStyleTerm",
    "LegalHold",
    "Notification",
    "NotificationSetting",
    "Priority",
    "Review",
    "ReviewPath",
    "ReviewStep",
    "Revision",
    "Sitting",
    "StoryTemplate",
    "Verdict",
]
