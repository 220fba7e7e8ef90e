"""What stories are filed under, pictures and pages, in the admin."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from articles.models import Page, Picture
from tests.factories.accounts import SuperuserFactory
from tests.factories.articles import ArticleFactory, AuthorFactory, PictureFactory, SectionFactory, draw_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(settings: Settings, tmp_path: Path) -> Client:
    settings.MEDIA_ROOT = tmp_path
    client = Client()
    client.force_login(SuperuserFactory.create())
    return client


def upload(desk: Client, **fields: str) -> list[str]:
    """Send a picture; the errors the form shows."""
    file = SimpleUploadedFile("quay.png", draw_file(size=(1000, 600)).read(), "image/png")
    answer = desk.post("/admin/articles/picture/add/", {"file": file, "caption": "", "credit": "", **fields})
    return [] if answer.status_code == 302 else answer.context["adminform"].form.errors["alt"]


def test_a_picture_is_sized_as_it_is_saved(desk: Client) -> None:
    assert upload(desk, alt="A quay") == []
    assert [(size["format"], size["width"]) for size in Picture.objects.get().sizes] == [
        ("avif", 480),
        ("avif", 960),
        ("avif", 1000),
        ("webp", 480),
        ("webp", 960),
        ("webp", 1000),
        ("jpeg", 1000),
    ]


def test_new_words_leave_the_files_as_they_are(desk: Client) -> None:
    upload(desk, alt="A quay")
    picture = Picture.objects.get()
    desk.post(f"/admin/articles/picture/{picture.pk}/change/", {"alt": "A pier", "caption": "", "credit": ""})
    changed = Picture.objects.get()
    assert (changed.alt, changed.sizes) == ("A pier", picture.sizes)


def test_a11_a_picture_needs_alternative_text(desk: Client) -> None:
    assert upload(desk, alt="") == ["This field is required."]
    assert Picture.objects.count() == 0


@pytest.mark.parametrize("where", ["", "{}/change/"])
def test_a_picture_is_shown_with_its_words(desk: Client, where: str) -> None:
    picture = PictureFactory.create()
    page = BeautifulSoup(
        desk.get(f"/admin/articles/picture/{where.format(picture.pk)}").content, "html.parser"
    )
    assert len(page.select(f'img[src="{picture.file.url}"]')) == 1


def test_a_pages_text_is_sanitised_as_it_is_saved(desk: Client) -> None:
    text = "<p onclick='x()'>We print.</p><script>alert(1)</script>"
    fields = {"title": "About", "slug": "about", "text": text, "in_footer": "on", "position": "0"}
    desk.post("/admin/articles/page/add/", fields)
    assert Page.objects.get().text == "<p>We print.</p>"


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_of_authors_counts_stories_in_one_query(
    count: int, desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    section = SectionFactory.create()
    for _ in range(count):
        ArticleFactory.create(section=section, authors=[AuthorFactory.create()])
    with django_assert_num_queries(5):
        page = BeautifulSoup(desk.get("/admin/articles/author/").content, "html.parser")
    assert [cell.get_text(strip=True) for cell in page.select(".field-story_count")] == ["1"] * count
