"""Pictures in the sizes that pages need."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from articles.actions.pictures import PictureNeedsAlt, add_picture
from articles.models import Picture
from articles.pictures import image_source
from articles.queries import pictures_in
from tests.factories.articles import NOW, draw_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def add(size: tuple[int, int] = (2000, 1250), alt: str = "A quay") -> Picture:
    return add_picture(file=draw_file(size=size), alt=alt, caption="", credit="", at=NOW)


def test_every_width_is_made_in_both_modern_formats_with_one_jpeg_for_all_else() -> None:
    picture = Picture.objects.get(pk=add().pk)
    made = [(size["format"], size["width"], size["height"]) for size in picture.sizes]
    widths = [(480, 300), (960, 600), (1600, 1000)]
    assert made == [
        *(("avif", *size) for size in widths),
        *(("webp", *size) for size in widths),
        ("jpeg", 1600, 1000),
    ]
    assert (picture.width, picture.height, picture.created_at) == (2000, 1250, NOW)


def test_the_files_are_what_they_are_called() -> None:
    for size in add().sizes:
        with default_storage.open(size["name"]) as stored, Image.open(stored) as image:
            assert (image.format, image.size) == (size["format"].upper(), (size["width"], size["height"]))


def test_a_small_picture_is_never_enlarged() -> None:
    assert [(size["format"], size["width"]) for size in add(size=(700, 500)).sizes] == [
        ("avif", 480),
        ("avif", 700),
        ("webp", 480),
        ("webp", 700),
        ("jpeg", 700),
    ]


def test_a11_a_picture_without_alternative_text_is_refused() -> None:
    with pytest.raises(PictureNeedsAlt):
        add(alt="  ")
    assert Picture.objects.count() == 0


def test_a_page_names_the_files_by_format() -> None:
    source = image_source(add())
    assert [kind for kind, _ in source.sources] == ["image/avif", "image/webp"]
    assert source.sources[0][1].count("w,") == 2
    assert (source.url[-5:], source.width, source.height) == (".jpeg", 1600, 1000)


def test_a_story_shows_its_pictures_in_their_sizes_with_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    by_key, by_address = add(size=(960, 600)), add(size=(960, 600))
    text = (
        f'<figure><img data-picture="{by_key.pk}" alt="One"></figure>'
        f'<figure><img src="{by_address.file.url}" alt="Two"></figure>'
    )
    with django_assert_num_queries(1):
        find = pictures_in(text)
        shown = [find(str(by_key.pk)), find(by_address.file.url), find("/media/unknown.png")]
    assert shown == [image_source(by_key), image_source(by_address), None]


def test_a_text_without_pictures_takes_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert pictures_in("<p>Words.</p>")("1") is None


def test_a_number_that_no_picture_can_have_breaks_no_page() -> None:
    find = pictures_in(f'<figure><img data-picture="{"9" * 30}" src="/media/none.png" alt=""></figure>')
    assert find("9" * 30) is None
