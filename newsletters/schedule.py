"""When a letter was last due, read from the schedule that editors set in the admin."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django_celery_beat.models import CrontabSchedule, PeriodicTask

TASK = "newsletters.send_weekly"
LONGEST_GAP_DAYS = 366


def last_due(slug: str, *, at: datetime) -> datetime:
    """The latest scheduled moment of the letter not after `at`; `at` itself when it has no schedule."""
    for row in PeriodicTask.objects.filter(task=TASK, enabled=True, crontab__isnull=False).select_related(
        "crontab"
    ):
        if f'"{slug}"' in row.args and row.crontab is not None:
            return previous_moment(row.crontab, at=at) or at
    return at


def previous_moment(crontab: CrontabSchedule, *, at: datetime) -> datetime | None:
    """The latest moment of `crontab` not after `at`, in its own time zone; None within the last year."""
    zone = ZoneInfo(str(crontab.timezone))
    plan = crontab.schedule
    times = sorted((time(hour, minute) for hour in plan.hour for minute in plan.minute), reverse=True)
    day = at.astimezone(zone).date()
    for _ in range(LONGEST_GAP_DAYS):
        is_on = day.isoweekday() % 7 in plan.day_of_week and day.day in plan.day_of_month
        if is_on and day.month in plan.month_of_year:
            for moment in (datetime.combine(day, each, zone) for each in times):
                if moment <= at:
                    return moment
        day -= timedelta(days=1)
    return None
