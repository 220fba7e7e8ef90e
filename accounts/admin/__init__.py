"""People, roles, the audit trail and the schedule, in the newsroom's admin."""

from accounts.admin.audit import AuditEntryAdmin
from accounts.admin.roles import RoleAdmin
from accounts.admin.schedule import CrontabAdmin, IntervalAdmin, ScheduledTaskAdmin
from accounts.admin.users import UserAdmin

__all__ = ["AuditEntryAdmin", "CrontabAdmin", "IntervalAdmin", "RoleAdmin", "ScheduledTaskAdmin", "UserAdmin"]
