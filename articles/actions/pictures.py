"""What can be done to the site's content."""

from datetime import datetime

from django.core.files import File
from django.db import transaction

from articles.models import Picture
from articles.pictures import checked_name, make_sizes


class PictureNeedsAlt(ValueError):
    """A picture without alternative text is no use to those who cannot see it (rule A11)."""


@transaction.atomic
def add_picture(*, file: "File[bytes]", alt: str, caption: str, credit: str, at: datetime) -> Picture:
    """Store a picture in all the sizes that pages need. Raises `PictureNeedsAlt`, `UnusablePicture`."""
    if not alt.strip():
        raise PictureNeedsAlt("Say in a few words what the picture shows.")
    file.name = checked_name(file)
    picture = Picture(file=file, alt=alt.strip(), caption=caption.strip(), credit=credit.strip())
    picture.save()
    picture.created_at = at
    make_sizes(picture)
    picture.save(update_fields=["sizes", "created_at"])
    return picture


@transaction.atomic
def size_picture(*, picture: Picture) -> Picture:
    """Make the smaller files anew, after the picture's own file has changed."""
    make_sizes(picture)
    picture.save(update_fields=["sizes"])
    return picture
