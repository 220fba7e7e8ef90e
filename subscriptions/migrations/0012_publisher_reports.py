"""Publishers see the reports; support, who see single invoices, do not."""

from typing import Any

from django.db import migrations

from accounts.roles import PUBLISHER, grant_role


def add_roles(apps: Any, schema_editor: Any) -> None:
    grant_role(apps, PUBLISHER, ("subscriptions.report_invoice",))


class Migration(migrations.Migration):
    dependencies = (("subscriptions", "0011_passing_discounts"),)
    operations = (migrations.RunPython(add_roles, migrations.RunPython.noop),)
