"""The index of the search: its table in the database's own kind, and what it knows of each story."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TABLE = "articles_searchindex"
CREATE = {
    "sqlite": [
        f"""CREATE VIRTUAL TABLE {TABLE} USING fts5(
            story UNINDEXED, tokens, detail=none, columnsize=0, tokenize="ascii tokenchars '_:-'"
        )"""
    ],
    "postgresql": [
        f"CREATE TABLE {TABLE} (id bigint PRIMARY KEY, story bigint NOT NULL, tokens tsvector NOT NULL)",
        # Without fastupdate no search has to look through a list of what is not in the index yet.
        f"CREATE INDEX {TABLE}_tokens ON {TABLE} USING gin (tokens) WITH (fastupdate = off)",
    ],
}


def create_index(apps: Any, schema_editor: Any) -> None:
    for statement in CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_index(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(f"DROP TABLE {TABLE}")


class Migration(migrations.Migration):
    dependencies = (("articles", "0006_paywall_roles"),)
    operations = (
        migrations.CreateModel(
            name="IndexedStory",
            fields=(
                (
                    "article",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="indexed",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
                (
                    "access",
                    models.CharField(
                        choices=[
                            ("free", "everyone"),
                            ("registered", "registered readers"),
                            ("subscribers", "subscribers"),
                        ],
                        max_length=12,
                    ),
                ),
                ("language", models.CharField(max_length=12)),
                ("published_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("public_version", models.PositiveIntegerField(null=True)),
                ("is_due", models.BooleanField(default=False)),
                ("looked_at", models.DateTimeField(db_index=True)),
            ),
        ),
        migrations.RunPython(create_index, drop_index),
    )
