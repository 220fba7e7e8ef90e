"""The mailing desk in the admin: who may do what, and every button."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER
from articles.models import Article
from newsletters.models import Audience, Delivery, Edition, Newsletter, SignUp
from tests.factories.newsletters import (
    FREE_TEXT,
    FRIDAY,
    PAID_TEXT,
    make_edition,
    make_reader,
    make_story,
    weekly,
)
from tests.newsletters.mail_server import MailServer

pytestmark = pytest.mark.django_db


def make_staff(role: str) -> User:
    staff = make_reader(is_staff=True)
    staff.groups.add(Group.objects.get(name=role))
    return staff


def sign_in(client: Client, role: str) -> User:
    staff = make_staff(role)
    client.force_login(staff)
    return staff


def address(edition: Edition, page: str) -> str:
    return f"/admin/newsletters/edition/{edition.pk}/{page}/"


@pytest.mark.parametrize(("role", "status"), [(PUBLISHER, 200), (EDITOR, 403), (SUPPORT, 403), (WRITER, 403)])
def test_only_a_publisher_may_send(client: Client, role: str, status: int) -> None:
    edition = make_edition()
    sign_in(client, role)
    assert client.get(address(edition, "send")).status_code == status
    client.post(address(edition, "send"))
    edition.refresh_from_db()
    assert (edition.state == Edition.State.DRAFT) is (status == 403)


@pytest.mark.parametrize("page", ["compile", "trial", "hold"])
def test_nothing_happens_by_looking(client: Client, page: str) -> None:
    sign_in(client, PUBLISHER)
    assert client.get(address(make_edition(), page)).status_code == 403


def test_the_confirmation_says_how_many_get_it(client: Client) -> None:
    for _ in range(3):
        make_reader(wants=True)
    make_reader(subscribes=True)
    make_reader()
    sign_in(client, PUBLISHER)
    page = client.get(address(make_edition(), "send"))
    assert (page.context["total"], page.context["sizes"]) == (4, [("subscriber", 1), ("free reader", 3)])


def test_e9_sending_from_the_desk_sends_once(
    client: Client, mail_server: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    reader = make_reader(wants=True)
    edition = make_edition(due_at=None)
    sign_in(client, PUBLISHER)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address(edition, "send"))
    assert mail_server.recipients() == [reader.email]
    page = client.get(address(edition, "change")).content.decode()
    assert "1 of 1 messages settled" in page


def test_an_edition_without_stories_is_refused_with_a_reason(client: Client) -> None:
    edition = make_edition()
    edition.places.all().delete()
    sign_in(client, PUBLISHER)
    response = client.post(address(edition, "send"), follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "The edition has no story that readers may see."
    ]


def test_the_preview_shows_each_form_and_unsubscribes_nobody(client: Client) -> None:
    edition = make_edition()
    sign_in(client, EDITOR)
    assert client.get(address(edition, "preview")).status_code == 200
    seen = {}
    for variant in ("free", "subscriber"):
        for form in ("html", "text"):
            page = " ".join(
                client.get(address(edition, f"preview/{variant}/{form}")).content.decode().split()
            )
            seen[variant, form] = (page.count(FREE_TEXT), page.count(PAID_TEXT), page.count("/unsubscribe/"))
    assert seen == {
        ("free", "html"): (1, 0, 0),
        ("free", "text"): (1, 0, 0),
        ("subscriber", "html"): (1, 1, 0),
        ("subscriber", "text"): (1, 1, 0),
    }
    assert client.get(address(edition, "preview/anyone/html")).status_code == 404


def test_a_test_goes_to_whoever_asks_and_not_into_the_ledger(client: Client, mail_server: MailServer) -> None:
    make_reader(wants=True)
    editor = sign_in(client, EDITOR)
    client.post(address(make_edition(), "trial"), {"variant": "free"})
    assert mail_server.recipients() == [editor.email]
    assert mail_server.messages()[0]["Subject"].startswith("[Test] ")
    assert Delivery.objects.count() == 0


def test_an_editor_arranges_by_number_and_compiling_then_keeps_off(client: Client) -> None:
    first, second, third = make_story("First"), make_story("Second"), make_story("Third")
    edition = make_edition(first, second)
    places = list(edition.places.all())
    editor = sign_in(client, EDITOR)
    form = {
        "newsletter": weekly().pk,
        "edition_date": str(edition.edition_date),
        "subject": "",
        "introduction": "Good morning.",
        "places-TOTAL_FORMS": "3",
        "places-INITIAL_FORMS": "2",
    }
    for number, (place, position) in enumerate([(places[0], 2), (places[1], 1)]):
        form |= {
            f"places-{number}-{name}": value
            for name, value in {
                "id": place.pk,
                "edition": edition.pk,
                "article": place.article_id,
                "position": position,
            }.items()
        }
    form |= {"places-2-edition": edition.pk, "places-2-article": third.pk, "places-2-position": 0}
    response = client.post(address(edition, "change"), form)
    assert response.status_code == 302, response.context["errors"]
    order = list(edition.places.values_list("article__headline", "position"))
    assert order == [("Second", 1), ("First", 2), ("Third", 3)]
    edition.refresh_from_db()
    assert edition.arranged_by == editor
    client.post(address(edition, "compile"))
    assert list(edition.places.values_list("article__headline", "position")) == order


def test_compiling_from_the_desk(client: Client) -> None:
    edition = make_edition(due_at=None)
    edition.places.all().delete()
    sign_in(client, EDITOR)
    client.post(address(edition, "compile"))
    assert AuditEntry.objects.filter(action="compile edition").count() == 1


def test_only_stories_that_readers_may_see_are_offered(client: Client) -> None:
    make_story("Tide tables")
    make_story("Tide secrets", state="draft", published_at=None)
    client.force_login(make_reader(is_staff=True, is_superuser=True))
    offered = client.get(
        "/admin/autocomplete/",
        {"term": "tide", "app_label": "newsletters", "model_name": "editionstory", "field_name": "article"},
    ).json()["results"]
    assert [row["text"] for row in offered] == ["Tide tables"]
    assert Article.objects.count() == 2


def test_an_edition_on_its_way_is_read_only_and_can_be_held(client: Client) -> None:
    edition = make_edition()
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.SENDING, released_at=FRIDAY)
    sign_in(client, PUBLISHER)
    page = client.get(address(edition, "change"))
    assert page["Refresh"] == "5"
    assert 'name="subject"' not in page.content.decode()
    client.post(address(edition, "hold"))
    edition.refresh_from_db()
    assert edition.state == Edition.State.HELD


@pytest.mark.parametrize(("role", "expected"), [(PUBLISHER, "queued"), (EDITOR, "unknown")])
def test_only_a_publisher_decides_about_unknown_messages(client: Client, role: str, expected: str) -> None:
    make_reader(wants=True)
    edition = make_edition()
    states = {"a@readers.example": "unknown", "b@readers.example": "accepted"}
    for mailbox, state in states.items():
        Delivery.objects.create(edition=edition, address=mailbox, variant="free", state=state)
    sign_in(client, role)
    chosen = list(Delivery.objects.values_list("pk", flat=True))
    client.post("/admin/newsletters/delivery/", {"action": "send_again", "_selected_action": chosen})
    found = dict(Delivery.objects.values_list("address", "state"))
    assert found == {"a@readers.example": expected, "b@readers.example": "accepted"}


def test_the_ledger_is_read_only(client: Client) -> None:
    delivery = Delivery.objects.create(edition=make_edition(), address="a@readers.example", variant="free")
    sign_in(client, PUBLISHER)
    assert client.get("/admin/newsletters/delivery/").status_code == 200
    assert client.get("/admin/newsletters/delivery/add/").status_code == 403
    assert client.post(f"/admin/newsletters/delivery/{delivery.pk}/delete/").status_code == 403


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_of_deliveries_costs_the_same_for_any_size(
    client: Client, size: int, django_assert_max_num_queries: Any
) -> None:
    edition = make_edition()
    for number in range(size):
        Delivery.objects.create(edition=edition, address=f"{number}@readers.example", variant="free")
    sign_in(client, PUBLISHER)
    with django_assert_max_num_queries(16):
        client.get("/admin/newsletters/delivery/")


@pytest.mark.parametrize("letters", [1, 4])
def test_the_list_of_letters_counts_who_gets_them_in_the_same_few_queries(
    letters: int, client: Client, django_assert_num_queries: Any
) -> None:
    sign_in(client, PUBLISHER)
    weekly()
    for _ in range(2):
        make_reader(wants=True, subscribes=True)
    make_reader(wants=False, subscribes=True)
    for number in range(letters - 1):
        Newsletter.objects.create(name=f"Letter {number}", slug=f"letter-{number}", goes_to=Audience.ASKED)
    signup = SignUp.objects.create(address="mara@readers.example", text="x", source="/", asked_at=FRIDAY)
    signup.newsletters.add(weekly())
    client.get("/admin/newsletters/newsletter/")
    with django_assert_num_queries(10):
        response = client.get("/admin/newsletters/newsletter/")
    rows = {row.slug: row for row in response.context["cl"].result_list}
    counts = (rows["weekly"].readers, rows["weekly"].asked, rows["weekly"].declined, rows["weekly"].waiting)
    assert (len(rows), counts) == (letters, (2, 2, 1, 1))


@pytest.mark.parametrize(("role", "status"), [(PUBLISHER, 200), (SUPPORT, 200), (WRITER, 403)])
def test_sign_ups_are_to_be_looked_up_and_not_to_be_changed(client: Client, role: str, status: int) -> None:
    sign_in(client, role)
    signup = SignUp.objects.create(
        address="mara@readers.example", text="Send me these.", source="/", network="", asked_at=FRIDAY
    )
    page = f"/admin/newsletters/signup/{signup.pk}/change/"
    assert client.get("/admin/newsletters/signup/", {"q": "mara@"}).status_code == status
    assert client.get(page).status_code == status
    assert client.post(page, {"address": "other@readers.example"}).status_code == 403
    assert SignUp.objects.get().address == "mara@readers.example"
