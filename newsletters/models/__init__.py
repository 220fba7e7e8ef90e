"""What is mailed, to whom, with what result."""

from newsletters.models.delivery import Delivery
from newsletters.models.edition import Edition, EditionCopy, EditionStory
from newsletters.models.newsletter import Audience, Cadence, Newsletter, Preference
from newsletters.models.signup import SignUp, Wishes
from newsletters.models.suppression import MailEvent, Suppression, address_digest
from newsletters.models.variant import Variant

__all__ = [
    "Audience",
    "Cadence",
    "Delivery",
    "Edition",
    "EditionCopy",
    "EditionStory",
    "MailEvent",
    "Newsletter",
    "Preference",
    "SignUp",
    "Suppression",
    "Variant",
    "Wishes",
    "address_digest",
]
