"""The house's review, the roles' new rights, the clock's new tasks, and a first revision of every story."""

from typing import Any

from django.conf import settings
from django.db import migrations

from accounts.roles import EDITOR, PUBLISHER, grant_role

EDITOR_PERMISSIONS = (
    "articles.view_correction",
    "editorial.add_guestlink",
    "editorial.add_housestyleterm",
    "editorial.add_legalhold",
    "editorial.add_storytemplate",
    "editorial.change_housestyleterm",
    "editorial.change_storytemplate",
    "editorial.delete_housestyleterm",
    "editorial.delete_storytemplate",
    "editorial.view_checkrule",
    "editorial.view_housestyleterm",
    "editorial.view_reviewpath",
    "editorial.view_storytemplate",
)
PUBLISHER_PERMISSIONS = (
    *EDITOR_PERMISSIONS,
    "editorial.add_reviewpath",
    "editorial.add_reviewstep",
    "editorial.change_checkrule",
    "editorial.change_reviewpath",
    "editorial.change_reviewstep",
    "editorial.delete_reviewpath",
    "editorial.delete_reviewstep",
    "editorial.lift_legalhold",
    "editorial.view_reviewstep",
)
TEXT = (
    "headline slug slugline standfirst body dateline_place dateline_source language "
    "seo_title seo_description canonical_url"
).split()
EVERY_MINUTE = {"Mail notifications": "mail_notifications"}
EVERY_FIVE_MINUTES = {"Tell of overdue stories": "tell_overdue"}
EVERY_HOUR = {"Check links in stories": "check_links"}
DAILY = {
    "Mail daily notifications": ("mail_daily_notifications", 8),
    "Forget old sittings": ("forget_sittings", 4),
}


def add_roles(apps: Any, schema_editor: Any) -> None:
    grant_role(apps, EDITOR, EDITOR_PERMISSIONS)
    grant_role(apps, PUBLISHER, PUBLISHER_PERMISSIONS)


def add_house_path(apps: Any, schema_editor: Any) -> None:
    path = apps.get_model("editorial", "ReviewPath").objects.create(section=None)
    group = apps.get_model("auth", "Group").objects.get(name=EDITOR)
    apps.get_model("editorial", "ReviewStep").objects.create(path=path, name="Editing", group=group)


def add_revisions(apps: Any, schema_editor: Any) -> None:
    revisions = apps.get_model("editorial", "Revision").objects
    for story in apps.get_model("articles", "Article").objects.iterator(chunk_size=200):
        revisions.create(
            article=story,
            number=story.version,
            content=_content(story),
            word_count=story.word_count,
            by_label="system",
            at=story.changed_at,
            state=story.state,
        )


def _content(story: Any) -> dict[str, Any]:
    day = story.dateline_date
    return {name: getattr(story, name) for name in TEXT} | {
        "dateline_date": day.isoformat() if day else None,
        "section": story.section_id,
        "topics": sorted(story.topics.values_list("pk", flat=True)),
        "authors": list(story.bylines.order_by("position", "pk").values_list("author_id", flat=True)),
        "lead_picture": story.lead_picture_id,
    }


def add_schedule(apps: Any, schema_editor: Any) -> None:
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    for every, period, tasks in (
        (1, "minutes", EVERY_MINUTE),
        (5, "minutes", EVERY_FIVE_MINUTES),
        (1, "hours", EVERY_HOUR),
    ):
        interval, _ = intervals.get_or_create(every=every, period=period)
        for name, task in tasks.items():
            _add_task(apps, name, task, interval=interval)
    crontabs = apps.get_model("django_celery_beat", "CrontabSchedule").objects
    for name, (task, hour) in DAILY.items():
        crontab, _ = crontabs.get_or_create(
            minute="0",
            hour=str(hour),
            day_of_week="*",
            day_of_month="*",
            month_of_year="*",
            timezone=settings.TIME_ZONE,
        )
        _add_task(apps, name, task, crontab=crontab)


def _add_task(apps: Any, name: str, task: str, **when: Any) -> None:
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name=name, defaults={"task": f"editorial.tasks.{task}", **when}
    )


class Migration(migrations.Migration):
    dependencies = (
        ("articles", "0004_desk_rules"),
        ("editorial", "0002_desk"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    )
    operations = (
        migrations.RunPython(add_roles, migrations.RunPython.noop),
        migrations.RunPython(add_house_path, migrations.RunPython.noop),
        migrations.RunPython(add_revisions, migrations.RunPython.noop),
        migrations.RunPython(add_schedule, migrations.RunPython.noop),
    )
