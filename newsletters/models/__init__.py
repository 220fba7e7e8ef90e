"""What is mailed, to whom, with what result."""

from newsletters.models.delivery import Delivery, Variant
from newsletters.models.edition import Edition, EditionStory
from newsletters.models.newsletter import Newsletter, Preference

__all__ = ["Delivery", "Edition", "EditionStory", "Newsletter", "Preference", "Variant"]
