"""The audit trail is only added to, outlives accounts, and can be read, narrowed and taken along."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localtime
from pytest_django import DjangoAssertNumQueries

from accounts.admin.audit import TrailPaginator
from accounts.models import AuditEntry, CannotRewrite, User
from accounts.queries import distinct_in_trail
from tests.factories.accounts import SuperuserFactory, UserFactory, WriterFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/accounts/auditentry/"
CSV = LIST + "csv/"
NOON = datetime(2026, 7, 3, 16, 0, tzinfo=UTC)
"""Noon in New York."""


@pytest.fixture
def superuser(client: Client) -> User:
    user: User = SuperuserFactory.create(email="chief@example.org", name="Oda Brandt")
    client.force_login(user)
    return user


def record(
    action: str = "edit story", *, by: User | None = None, hours: float = 0, **what: Any
) -> AuditEntry:
    """An entry about an account, `hours` after noon."""
    target = User.objects.order_by("pk").first() or UserFactory.create()
    return AuditEntry.record(action, target, by=by, at=NOON + timedelta(hours=hours), **what)


def rows(client: Client, **query: str) -> list[list[str]]:
    """The export, without its heading."""
    return list(csv.reader(client.get(CSV, query).getvalue().decode().splitlines()))[1:]


def listed(client: Client, **query: str) -> list[str]:
    return [entry.action for entry in client.get(LIST, query).context["cl"].result_list]


# Only added to

WAYS_TO_CHANGE: dict[str, Callable[[AuditEntry], object]] = {
    "save": lambda entry: entry.save(),
    "save of fields": lambda entry: entry.save(update_fields=["reason"]),
    "delete": lambda entry: entry.delete(),
    "update": lambda entry: AuditEntry.objects.update(reason="changed"),
    "filtered update": lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(reason="changed"),
    "delete of many": lambda entry: AuditEntry.objects.all().delete(),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([entry], ["reason"]),
    "raw delete": lambda entry: AuditEntry.objects.all()._raw_delete("default"),
    "update or create": lambda entry: AuditEntry.objects.update_or_create(
        pk=entry.pk, defaults={"reason": "changed"}
    ),
    "upsert": lambda entry: AuditEntry.objects.bulk_create(
        [entry], update_conflicts=True, update_fields=["reason"], unique_fields=["id"]
    ),
    "through the target": lambda entry: AuditEntry.about(User.objects.get(pk=entry.target_id)).delete(),
}


@pytest.mark.parametrize("way", WAYS_TO_CHANGE)
def test_an_entry_is_neither_changed_nor_deleted(way: str) -> None:
    entry = record(reason="as it was")
    entry.reason = "changed"
    with pytest.raises(CannotRewrite, match="append-only"):
        WAYS_TO_CHANGE[way](entry)
    assert AuditEntry.objects.get().reason == "as it was"


def test_a_copy_under_the_same_number_does_not_take_an_entrys_place() -> None:
    entry = record(reason="as it was")
    copy = AuditEntry(pk=entry.pk, by_label="x", action="y", target_type="z", target_id="1", at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    assert AuditEntry.objects.get().reason == "as it was"


def test_entries_are_added_one_by_one_and_in_bulk() -> None:
    record()
    AuditEntry.objects.bulk_create(
        AuditEntry(by_label="system", action="sweep", target_type="accounts.user", target_id="1", at=NOON)
        for _ in range(2)
    )
    assert AuditEntry.objects.count() == 3


def test_deleting_a_user_keeps_the_trail() -> None:
    writer, other = WriterFactory.create(email="writer@example.org"), WriterFactory.create()
    for by in (writer, other, None):
        record("submit story", by=by, from_state="draft", to_state="in_review", reason="Ready.")
    writer.delete()
    kept = [(entry.by, entry.by_label, entry.reason) for entry in AuditEntry.objects.order_by("id")]
    assert kept == [
        (None, "writer@example.org", "Ready."),
        (other, other.email, "Ready."),
        (None, "system", "Ready."),
    ]


def test_deleting_users_in_bulk_keeps_the_trail() -> None:
    writer = WriterFactory.create(email="writer@example.org")
    record(by=writer)
    User.objects.filter(pk=writer.pk).delete()
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.by_label) == (None, "writer@example.org")


@pytest.mark.parametrize("is_in_bulk", [False, True])
def test_deleting_a_user_in_the_admin_keeps_the_trail_and_is_part_of_it(
    client: Client, superuser: User, is_in_bulk: bool
) -> None:
    writer = WriterFactory.create(email="writer@example.org")
    record("submit story", by=writer)
    address, form = f"/admin/accounts/user/{writer.pk}/delete/", {"post": "yes"}
    if is_in_bulk:
        address = "/admin/accounts/user/"
        form |= {"action": "delete_selected", "_selected_action": str(writer.pk)}
    client.post(address, form)
    assert not User.objects.filter(pk=writer.pk).exists()
    kept = [(entry.action, entry.by, entry.by_label) for entry in AuditEntry.objects.order_by("id")]
    assert kept == [
        ("submit story", None, "writer@example.org"),
        ("delete user", superuser, "chief@example.org"),
    ]
    assert AuditEntry.objects.get(action="delete user").reason == "writer@example.org"


@pytest.mark.parametrize("page", ["", "add/", "{}/change/", "{}/delete/", "{}/history/", "csv/"])
@pytest.mark.parametrize("action", ["delete_selected", "", "csv"])
def test_nothing_in_the_admin_changes_the_trail(
    client: Client, superuser: User, page: str, action: str
) -> None:
    entry = record(reason="as it was")
    form = {"action": action, "post": "yes", "_selected_action": entry.pk, "select_across": "1"}
    client.post(LIST + page.format(entry.pk), form | {"reason": "changed", "form-0-reason": "changed"})
    assert AuditEntry.objects.get().reason == "as it was"
    assert not LogEntry.objects.exists()


def test_the_list_offers_a_superuser_no_action_and_no_box_to_tick(client: Client, superuser: User) -> None:
    record()
    page = client.get(LIST)
    assert page.context["cl"].model_admin.get_actions(page.wsgi_request) == {}
    assert "_selected_action" not in page.text


# The list


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["publish story", "edit story", "begin story"]),
        ({"who": "writer@"}, ["begin story"]),
        ({"who": "ilves"}, ["begin story"]),
        ({"who": "system"}, ["publish story"]),
        ({"action": "edit story"}, ["edit story"]),
        ({"action": "edit"}, []),
        ({"target_type": "accounts.user"}, ["publish story", "edit story", "begin story"]),
        ({"target_type": "articles.article"}, []),
        ({"target_type": "accounts.user", "target_id": "0"}, []),
        ({"from_state": "draft"}, ["edit story"]),
        ({"to_state": "draft"}, ["edit story", "begin story"]),
        ({"from_state": "approved", "to_state": "published"}, ["publish story"]),
        ({"since": "2026-07-03T12:30"}, ["publish story", "edit story"]),
        ({"since": "2026-07-03T12:30", "until": "2026-07-03T13:30"}, ["edit story"]),
        ({"until": "2026-07-03"}, ["edit story", "begin story"]),
        ({"since": "2026-07-04"}, ["publish story"]),
        ({"q": "heron"}, ["edit story"]),
        ({"q": "heron", "action": "begin story"}, []),
        ({"who": "", "action": "", "since": "", "q": ""}, ["publish story", "edit story", "begin story"]),
    ],
)
def test_the_list_and_its_export_show_what_the_filters_say(
    client: Client, superuser: User, query: dict[str, str], found: list[str]
) -> None:
    writer = WriterFactory.create(email="writer@example.org", name="Mara Ilves")
    record("begin story", by=writer, to_state="draft")
    record("edit story", by=superuser, hours=1, from_state="draft", to_state="draft", reason="A heron.")
    record("publish story", hours=13, from_state="approved", to_state="published")
    assert listed(client, **query) == found
    assert [row[2] for row in rows(client, **query)] == found


@pytest.mark.parametrize("moment", ["yesterday", "2026-02-31", "2026-07-03T99:00"])
def test_a_moment_that_is_none_shows_no_export(client: Client, superuser: User, moment: str) -> None:
    record()
    assert client.get(CSV, {"since": moment}).status_code == 400
    assert client.get(LIST, {"since": moment}).status_code == 302


def test_the_filters_offer_what_the_trail_holds_in_words(client: Client, superuser: User) -> None:
    record("begin story", to_state="changes_requested")
    filters = {each.title: each for each in client.get(LIST).context["cl"].filter_specs}
    assert filters["action"].lookup_choices == [("begin story", "begin story")]
    assert filters["kind"].lookup_choices == [("accounts.user", "user")]
    assert filters["to state"].lookup_choices == [("changes_requested", "changes requested")]
    assert filters["from state"].lookup_choices == []


def test_kind_and_number_show_all_that_happened_to_one_thing(client: Client, superuser: User) -> None:
    other = UserFactory.create()
    AuditEntry.record("invite", other, by=None, at=NOON)
    record("edit story")
    assert listed(client, target_type="accounts.user", target_id=str(other.pk)) == ["invite"]


def test_the_values_of_a_column_are_found_in_order_and_once() -> None:
    for action in ("edit", "begin", "edit", "approve", "begin"):
        record(action)
    assert distinct_in_trail("action") == ["approve", "begin", "edit"]


def test_an_empty_trail_has_no_values() -> None:
    assert distinct_in_trail("action") == []


@pytest.mark.parametrize("number", [1, 30, 300])
def test_the_list_and_its_export_cost_the_same_for_any_number_of_entries(
    client: Client, superuser: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for hours in range(number):
        record(by=superuser, hours=hours)
    client.get(LIST)
    with django_assert_num_queries(8):
        page = client.get(LIST)
    assert page.context["cl"].result_count == number
    with django_assert_num_queries(7):
        assert len(rows(client)) == number


def test_a_long_trail_is_counted_no_further_than_its_pages_go(
    client: Client, superuser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrailPaginator, "bound", 3)
    for hours in range(4):
        record(hours=hours)
    page = client.get(LIST)
    assert page.context["cl"].result_count == 3
    assert "These pages hold the first 3 entries only." in page.text
    assert len(rows(client)) == 4


# The export


def test_the_export_says_all_of_an_entry_in_the_newsrooms_time(client: Client, superuser: User) -> None:
    entry = record(
        "send back story", by=superuser, from_state="in_review", to_state="draft", reason="Why?\nWho?"
    )
    exported = list(csv.reader(client.get(CSV).getvalue().decode().splitlines(keepends=True)))
    assert exported == [
        ["when", "who", "action", "kind", "id", "what", "from", "to", "reason"],
        [
            "2026-07-03T12:00:00-04:00",
            "chief@example.org",
            "send back story",
            "user",
            entry.target_id,
            "Oda Brandt",
            "in_review",
            "draft",
            "Why?\nWho?",
        ],
    ]
    assert localtime(entry.at).isoformat() == exported[1][0]


def test_the_export_is_a_download_that_nobody_keeps(client: Client, superuser: User) -> None:
    answer = client.get(CSV)
    assert answer.streaming
    assert (answer["Content-Type"], answer["Content-Disposition"], answer["Cache-Control"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="audit-trail.csv"',
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )


def test_a_reason_that_is_a_formula_arrives_as_text(client: Client, superuser: User) -> None:
    record(reason='=HYPERLINK("https://thief.example","open")')
    assert rows(client)[0][-1] == '\'=HYPERLINK("https://thief.example","open")'


@pytest.mark.parametrize("address", [LIST, CSV])
def test_the_trail_is_closed_to_writers_and_visitors(client: Client, address: str) -> None:
    record(reason="Between the editors.")
    assert client.get(address).status_code == 302
    client.force_login(WriterFactory.create())
    answer = client.get(address)
    assert (answer.status_code, "Between the editors." in answer.text) == (403, False)
