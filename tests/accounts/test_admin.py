"""Readers and staff in the newsroom's admin: nobody raises their own rank."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.roles import SUPPORT
from tests.factories.accounts import (
    StaffFactory,
    SuperuserFactory,
    SupportFactory,
    UserFactory,
    WriterFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client: Client) -> User:
    user: User = SupportFactory.create()
    client.force_login(user)
    return user


@pytest.fixture
def superuser(client: Client) -> User:
    user: User = SuperuserFactory.create()
    client.force_login(user)
    return user


def change(client: Client, user: User, **fields: object) -> int:
    return client.post(f"/admin/accounts/user/{user.pk}/change/", fields).status_code


def test_support_finds_readers_by_address_and_name(client: Client, support: User) -> None:
    found = UserFactory.create(email="mara@example.org", name="Mara Ilves")
    UserFactory.create(email="tomas@example.org", name="Tomas Veld")
    for words in ("mara@", "Ilves"):
        page = client.get("/admin/accounts/user/", {"q": words})
        assert list(page.context["cl"].queryset) == [found]


def test_no_address_of_the_list_lets_a_password_be_guessed(client: Client, support: User) -> None:
    superuser = SuperuserFactory.create()
    for start in (superuser.password[:5], "nothing"):
        assert client.get("/admin/accounts/user/", {"password__startswith": start}).status_code == 400


def test_support_sets_a_name_right_and_closes_an_account(client: Client, support: User) -> None:
    reader = UserFactory.create(name="Mra")
    change(client, reader, name="Mara")  # the box "active" is not ticked
    reader.refresh_from_db()
    assert (reader.name, reader.is_active) == ("Mara", False)
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.action, entry.target_id, entry.reason) == (
        support,
        "change user",
        str(reader.pk),
        "name, is_active",
    )


def test_support_cannot_make_anyone_staff(client: Client, support: User) -> None:
    reader = UserFactory.create()
    group = Group.objects.get(name=SUPPORT)
    permission = Permission.objects.get(content_type__app_label="auth", codename="change_group")
    change(
        client,
        reader,
        name="Mara",
        is_active="on",
        is_staff="on",
        is_superuser="on",
        groups=[group.pk],
        user_permissions=[permission.pk],
        password="pbkdf2_sha256$1$a$b",
        email="mine@example.org",
    )
    before = reader.email, reader.password
    reader.refresh_from_db()
    assert (reader.name, reader.is_staff, reader.is_superuser) == ("Mara", False, False)
    assert (reader.email, reader.password) == before
    assert reader.groups.count() == reader.user_permissions.count() == 0


def test_support_cannot_raise_itself_or_touch_staff(client: Client, support: User) -> None:
    others = [
        support,
        StaffFactory.create(name="Tomas"),
        SuperuserFactory.create(name="Tomas"),
        WriterFactory.create(name="Tomas"),
    ]
    for user in others:
        assert change(client, user, name="Changed", is_superuser="on") == 403
        user.refresh_from_db()
        assert user.name != "Changed"
    support.refresh_from_db()
    assert not support.is_superuser


def test_support_cannot_make_or_delete_accounts(client: Client, support: User) -> None:
    reader = UserFactory.create()
    assert client.get("/admin/accounts/user/add/").status_code == 403
    assert client.post(f"/admin/accounts/user/{reader.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=reader.pk).exists()


@pytest.mark.parametrize("address", ["auth/group/", "django_celery_beat/periodictask/"])
def test_roles_and_schedule_are_not_for_support(client: Client, support: User, address: str) -> None:
    assert client.get(f"/admin/{address}").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["account/emailaddress/", "mfa/authenticator/", "usersessions/usersession/", "socialaccount/socialapp/"],
)
def test_what_people_keep_themselves_is_not_in_the_admin(
    client: Client, superuser: User, address: str
) -> None:
    assert client.get(f"/admin/{address}").status_code == 404


def test_a_writer_does_not_see_readers(client: Client) -> None:
    client.force_login(WriterFactory.create())
    assert client.get("/admin/accounts/user/").status_code == 403


def test_a_superuser_gives_a_role(client: Client, superuser: User) -> None:
    reader, group = UserFactory.create(name="Mara"), Group.objects.get(name=SUPPORT)
    change(client, reader, name="Mara", is_active="on", is_staff="on", groups=[group.pk])
    reader.refresh_from_db()
    assert reader.is_staff
    assert list(reader.groups.all()) == [group]
    assert AuditEntry.objects.get().reason == "is_staff, groups"


def test_an_account_made_here_has_no_password(client: Client, superuser: User) -> None:
    client.post(
        "/admin/accounts/user/add/", {"email": "New.Writer@example.org", "name": "", "is_active": "on"}
    )
    user = User.objects.get(email="new.writer@example.org")
    assert not user.has_usable_password()
    assert AuditEntry.objects.get().action == "create user"


def test_the_invitation_holds_no_key(client: Client, support: User) -> None:
    reader = UserFactory.create(name="Mara")
    change(client, reader, name="Mara", is_active="on", accounts_user_invite="1")
    assert [message.to for message in mail.outbox] == [[reader.email]]
    assert "/accounts/password/reset/\n" in str(mail.outbox[0].body)
    assert AuditEntry.objects.get().action == "invite to reset password"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_little_for_many_as_for_one(
    client: Client, superuser: User, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        WriterFactory.create()
    client.get("/admin/accounts/user/")
    with django_assert_num_queries(7):
        client.get("/admin/accounts/user/")


@pytest.mark.parametrize(
    ("page", "status"), [("", 200), ("add/", 403), ("{}/change/", 403), ("{}/delete/", 403)]
)
def test_the_audit_trail_is_only_read(client: Client, superuser: User, page: str, status: int) -> None:
    entry = AuditEntry.record("publish", superuser, by=superuser, at=superuser.joined_at)
    address = f"/admin/accounts/auditentry/{page.format(entry.pk)}"
    form = {"action": "delete_selected", "post": "yes", "_selected_action": entry.pk, "reason": "changed"}
    assert client.post(address, form).status_code == status
    assert AuditEntry.objects.get().reason == ""


def test_pages_of_the_house_open(client: Client, superuser: User) -> None:
    AuditEntry.record("publish", superuser, by=superuser, at=superuser.joined_at)
    for address in (
        "accounts/user/add/",
        f"accounts/user/{superuser.pk}/change/",
        "accounts/auditentry/",
        "auth/group/",
        "auth/group/add/",
        "django_celery_beat/periodictask/",
        "django_celery_beat/periodictask/add/",
        "django_celery_beat/crontabschedule/add/",
        "django_celery_beat/intervalschedule/",
    ):
        assert client.get(f"/admin/{address}").status_code == 200, address
