"""Who may do what with letters, and the letter every magazine begins with."""

from typing import Any

from django.db import migrations

from accounts.roles import EDITOR, PUBLISHER, SUPPORT, grant_role

LOOK = ("view_newsletter", "view_edition", "view_editionstory", "view_delivery", "view_preference")
ARRANGE = (
    "add_edition",
    "change_edition",
    "add_editionstory",
    "change_editionstory",
    "delete_editionstory",
)
DIRECT = ("add_newsletter", "change_newsletter", "delete_newsletter", "delete_edition", "send_edition")


def _named(*names: str) -> tuple[str, ...]:
    return tuple(f"newsletters.{name}" for name in names)


def grant(apps: Any, schema_editor: Any) -> None:
    grant_role(apps, SUPPORT, _named("view_newsletter", "view_edition", "view_delivery", "view_preference"))
    grant_role(apps, EDITOR, _named(*LOOK, *ARRANGE))
    grant_role(apps, PUBLISHER, _named(*LOOK, *ARRANGE, *DIRECT))


def add_weekly(apps: Any, schema_editor: Any) -> None:
    apps.get_model("newsletters", "Newsletter").objects.get_or_create(
        slug="weekly",
        defaults={
            "name": "The Weekly Digest",
            "description": "The week’s stories in one letter, every Friday morning.",
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("newsletters", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(grant, migrations.RunPython.noop),
        migrations.RunPython(add_weekly, migrations.RunPython.noop),
    ]
