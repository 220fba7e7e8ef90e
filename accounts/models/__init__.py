"""Who someone is, and who did what."""

from accounts.models.audit import AuditEntry, CannotRewrite
from accounts.models.user import User

__all__ = ["AuditEntry", "CannotRewrite", "User"]
