"""`manage.py import_wire`: wire copy becomes stories, all or nothing."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import WRITER
from articles.models import Article, Section, State

pytestmark = pytest.mark.django_db

COPY = """\
Executive Intelligence Review
Subscribe to EIR

Ferry Line Opens Between Anselm and the Mainland

PORT SALDANE, July 3, 2026 (EIRNS)—The first ferry crossed in forty minutes, with nobody late.

“We have waited eleven winters for a boat that leaves when the paper on the wall says that it will leave,”

he added.
"""


@pytest.fixture(autouse=True)
def section(db: None) -> Section:
    Section.objects.create(slug="world", name="World", position=1)
    return Section.objects.create(slug="infrastructure", name="Infrastructure", position=2)


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.txt"
    path.write_text(COPY, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> str:
    out = StringIO()
    call_command("import_wire", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def test_a_dispatch_becomes_a_draft(wire: Path) -> None:
    run(wire, "--section", "infrastructure")
    article = Article.objects.get()
    assert (article.headline, article.state, article.section.slug) == (
        "Ferry Line Opens Between Anselm and the Mainland",
        State.DRAFT,
        "infrastructure",
    )
    assert (article.dateline_place, str(article.dateline_date), article.dateline_source) == (
        "PORT SALDANE",
        "2026-07-03",
        "EIRNS",
    )
    assert '<blockquote class="display">' in article.body
    assert '<p class="runon">he added.</p>' in article.body


def test_published_at_once_when_asked(wire: Path) -> None:
    run(wire, "--publish")
    assert Article.objects.get().state == State.PUBLISHED


def test_a_second_import_updates_instead_of_doubling(wire: Path) -> None:
    run(wire, "--publish")
    assert "unchanged" in run(wire, "--publish")
    wire.write_text(COPY.replace("nobody late", "one passenger late"), encoding="utf-8")
    assert "updated" in run(wire, "--publish")
    article = Article.objects.get()
    assert "one passenger late" in article.body
    assert article.state == State.PUBLISHED
    assert article.updated_at is not None


def test_a_file_that_is_no_story_imports_nothing_and_names_the_line(wire: Path, tmp_path: Path) -> None:
    bad = tmp_path / "list.txt"
    bad.write_text("Shopping\n\nEggs, flour, and a lamp.\n", encoding="utf-8")
    with pytest.raises(CommandError, match="1 of 2 files not imported"):
        run(wire, bad)
    assert Article.objects.count() == 1
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_wire", str(bad), stderr=out)
    assert "line 3" in out.getvalue()


def test_a_missing_file_and_a_missing_section_are_said_plainly(wire: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="not imported"):
        run(tmp_path / "nowhere.txt")
    with pytest.raises(CommandError, match="Sections: world, infrastructure"):
        run(wire, "--section", "sports")


def test_w1_a_writer_cannot_publish_by_importing(wire: Path) -> None:
    writer = User.objects.create_user("writer@example.com", is_staff=True)
    writer.groups.add(Group.objects.get(name=WRITER))
    with pytest.raises(CommandError):
        run(wire, "--publish", "--by", writer.email)
    assert Article.objects.count() == 0


def test_two_dispatches_of_one_headline_get_their_own_addresses(wire: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.txt"
    later.write_text(COPY.replace("July 3", "July 10"), encoding="utf-8")
    run(wire, later)
    slugs = Article.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == [
        "ferry-line-opens-between-anselm-and-the-mainland",
        "ferry-line-opens-between-anselm-and-the-mainland-2",
    ]
