"""Roles are groups with permissions; the apps that own the permissions grant them in migrations."""

from collections.abc import Iterable
from typing import Any

WRITER, EDITOR, PUBLISHER, SUPPORT = "Writer", "Editor", "Publisher", "Support"


def grant_role(apps: Any, role: str, permissions: Iterable[str]) -> None:
    """Give the group `role` each `app.codename_model` of `permissions`, creating what is missing.

    For use in migrations (`apps` is the historical registry): Django makes permission rows only
    after all migrations have run, so they are made here when they are not there yet.
    """
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    for name in permissions:
        app_label, codename = name.split(".")
        model = codename.rsplit("_", 1)[1]
        kind, _ = content_type.objects.get_or_create(app_label=app_label, model=model)
        row, _ = permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": "Can " + codename.replace("_", " ")}
        )
        group.permissions.add(row)
