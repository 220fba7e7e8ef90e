"""The stored pictures that a text shows."""

import re

from django.conf import settings

from articles.markup.render import FindPicture, ImageSource, no_picture
from articles.models import Picture
from articles.pictures import image_source

SHOWN = re.compile(
    rf'data-picture="(?P<key>[0-9]{{1,18}})"|src="{re.escape(settings.MEDIA_URL)}(?P<name>[^"]+)"'
)


def pictures_in(text: str) -> FindPicture:
    """Knows the pictures in `text` by primary key or address: one query, none when it shows no picture."""
    found = list(SHOWN.finditer(text))
    if not found:
        return no_picture
    keys = [int(match["key"]) for match in found if match["key"]]
    names = [match["name"] for match in found if match["name"]]
    sources: dict[str, ImageSource] = {}
    for picture in Picture.objects.filter(pk__in=keys) | Picture.objects.filter(file__in=names):
        sources[str(picture.pk)] = sources[picture.file.url] = image_source(picture)

    def find(key: str) -> ImageSource | None:
        return sources.get(key)

    return find
