"""Who someone is, who did what, and what they agreed to."""

from accounts.models.audit import AuditEntry, CannotRewrite
from accounts.models.consent import Consent
from accounts.models.user import User

__all__ = ["AuditEntry", "CannotRewrite", "Consent", "User"]
