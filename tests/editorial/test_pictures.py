"""The picture library as the text's editor gets at it."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from articles.models import Picture
from tests.factories.accounts import StaffFactory, SupportFactory, WriterFactory
from tests.factories.articles import NOW, PictureFactory, draw_file

pytestmark = pytest.mark.django_db

LIBRARY = "/admin/desk/pictures/"
PIXEL = {"alt": "A quay at dawn", "caption": "The quay.", "credit": "Ada Wexcombe"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><title>A page</title><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def writer() -> Client:
    client = Client()
    client.force_login(WriterFactory.create())
    return client


def upload(client: Client, file: Any, **words: str) -> tuple[int, dict[str, Any]]:
    answer = client.post(LIBRARY, {"file": file, **PIXEL, **words})
    return answer.status_code, json.loads(answer.content)


def find(client: Client, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(LIBRARY, query).json()
    return found


def test_an_upload_is_stored_in_all_sizes_and_described_for_the_text(writer: Client) -> None:
    status, answer = upload(writer, draw_file("Quay at dawn.png", (960, 600)))
    stored = Picture.objects.get()
    assert (status, stored.alt, stored.caption, stored.credit) == (201, *PIXEL.values())
    assert (Path(stored.file.name or "").name, len(stored.sizes)) == ("quay-at-dawn.png", 5)
    assert answer["picture"] == {
        "id": stored.pk,
        "src": stored.file.url.replace("quay-at-dawn.png", "quay-at-dawn-960.jpeg"),
        "width": 960,
        "height": 600,
        "thumb": stored.file.url.replace("quay-at-dawn.png", "quay-at-dawn-480.avif"),
        **PIXEL,
    }


@pytest.mark.parametrize(
    ("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif")]
)
def test_the_stored_name_ends_as_the_file_is_whatever_it_was_called(
    writer: Client, kind: str, ending: str
) -> None:
    data = BytesIO()
    Image.new("RGB", (40, 30)).save(data, kind)
    status, _ = upload(writer, SimpleUploadedFile("../page.html", data.getvalue(), "text/html"))
    assert (status, Path(Picture.objects.get().file.name or "").name) == (201, f"page.{ending}")


@pytest.mark.parametrize("data", [SVG, HTML, b"", draw_file(size=(60, 40)).read()[:80]])
def test_what_is_no_picture_is_refused_whatever_it_is_called(writer: Client, data: bytes) -> None:
    status, answer = upload(writer, SimpleUploadedFile("quay.png", data, "image/png"))
    assert (status, list(answer["errors"])) == (400, ["file"])
    assert Picture.objects.count() == 0


def test_a_file_of_thirty_megabytes_is_refused_with_the_limit(writer: Client) -> None:
    large = SimpleUploadedFile("quay.png", draw_file(size=(60, 40)).read() + bytes(30_000_000), "image/png")
    assert upload(writer, large) == (
        400,
        {"errors": {"file": "The file is larger than 20 MB. Make it smaller first."}},
    )
    assert Picture.objects.count() == 0


def test_a_picture_of_too_many_pixels_is_refused(writer: Client) -> None:
    data = BytesIO()
    Image.new("1", (10_000, 8_500)).save(data, "PNG")
    status, answer = upload(writer, SimpleUploadedFile("wide.png", data.getvalue(), "image/png"))
    assert (status, answer["errors"]["file"]) == (
        400,
        "The picture has over 80 million pixels. Make it smaller first.",
    )


@pytest.mark.parametrize("alt", ["", "   "])
def test_a11_a_picture_without_alternative_text_is_refused(writer: Client, alt: str) -> None:
    assert upload(writer, draw_file(size=(60, 40)), alt=alt) == (
        400,
        {"errors": {"alt": "Say in a few words what the picture shows."}},
    )
    assert Picture.objects.count() == 0


def test_words_too_long_are_refused_by_name(writer: Client) -> None:
    status, answer = upload(writer, draw_file(size=(60, 40)), caption="x" * 401, credit="x" * 121)
    assert (status, list(answer["errors"])) == (400, ["caption", "credit"])


def test_a_visitor_is_led_to_sign_in_and_sees_nothing() -> None:
    PictureFactory.create()
    visitor = Client()
    answers = [visitor.get(LIBRARY), visitor.post(LIBRARY, {"file": draw_file(size=(60, 40)), **PIXEL})]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert [b"quay" in answer.content.lower() for answer in answers] == [False, False]
    assert Picture.objects.count() == 1


def test_support_has_no_library() -> None:
    client = Client()
    client.force_login(SupportFactory.create())
    PictureFactory.create()
    assert client.get(LIBRARY).status_code == 403
    assert client.post(LIBRARY, {"file": draw_file(size=(60, 40)), **PIXEL}).status_code == 403
    assert Picture.objects.count() == 1


def test_the_token_that_comes_with_the_pictures_is_good_for_adding_one() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(WriterFactory.create())
    token = find(client)["token"]
    refused = client.post(LIBRARY, {"file": draw_file(size=(60, 40)), **PIXEL})
    taken = client.post(LIBRARY, {"file": draw_file(size=(60, 40)), **PIXEL}, headers={"X-CSRFToken": token})
    assert (refused.status_code, taken.status_code, Picture.objects.count()) == (403, 201, 1)


def test_who_may_look_may_not_add() -> None:
    user = StaffFactory.create()
    user.user_permissions.add(Permission.objects.get(codename="view_picture"))
    client = Client()
    client.force_login(user)
    assert client.get(LIBRARY).status_code == 200
    assert client.post(LIBRARY, {"file": draw_file(size=(60, 40)), **PIXEL}).status_code == 403
    assert Picture.objects.count() == 0


def test_every_word_must_be_found_somewhere(writer: Client) -> None:
    wanted = PictureFactory.create(alt="Barges below the lock", credit="Ada Wexcombe")
    PictureFactory.create(alt="Barges at sea", credit="Somebody else")
    found = find(writer, q="wexcombe BARGES")
    assert ([picture["id"] for picture in found["pictures"]], found["next"]) == ([wanted.pk], None)


def test_the_library_is_given_out_page_by_page_newest_first(
    writer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = [PictureFactory.create().pk for _ in range(30)]
    oldest = keys[7]
    Picture.objects.filter(pk=oldest).update(created_at=NOW - timedelta(days=1))
    newest_first = [key for key in reversed(keys) if key != oldest] + [oldest]
    first = find(writer)
    with django_assert_num_queries(5):  # session, user, permissions, count, pictures
        last = find(writer, page=str(first["next"]))
    assert [[picture["id"] for picture in page["pictures"]] for page in (first, last)] == [
        newest_first[:24],
        newest_first[24:],
    ]
    assert last["next"] is None
