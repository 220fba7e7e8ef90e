"""What is mailed, to whom, with what result."""

from newsletters.models.delivery import Delivery
from newsletters.models.edition import Edition, EditionCopy, EditionStory
from newsletters.models.newsletter import Newsletter, Preference
from newsletters.models.variant import Variant

__all__ = ["Delivery", "Edition", "EditionCopy", "EditionStory", "Newsletter", "Preference", "Variant"]
