"""The mailing desk in the admin, one module per noun."""

from newsletters.admin.delivery import DeliveryAdmin
from newsletters.admin.edition import EditionAdmin
from newsletters.admin.newsletter import NewsletterAdmin
from newsletters.admin.signup import SignUpAdmin

__all__ = ["DeliveryAdmin", "EditionAdmin", "NewsletterAdmin", "SignUpAdmin"]
