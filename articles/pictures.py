"""Pictures in the sizes and formats that pages need."""

from io import BytesIO
from pathlib import PurePosixPath
from typing import Final, TypedDict

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.text import slugify
from PIL import Image, ImageOps, UnidentifiedImageError

from articles.markup.render import ImageSource
from articles.models import Picture

WIDTHS: Final = (480, 960, 1600)
FORMATS: Final = {
    "avif": {"quality": 55, "speed": 8},
    "webp": {"quality": 78, "method": 4},
}
FALLBACK_WIDTH: Final = 1600
FALLBACK: Final = {"quality": 82, "progressive": True, "optimize": True}


ENDINGS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
"""The formats a picture may be uploaded in, and how the stored file's name ends."""

MAX_MEGABYTES: Final = 20
MAX_MEGAPIXELS: Final = 80


class UnusablePicture(ValueError):
    """An upload that is no picture of ours; the message says why to whoever uploaded it."""


class Size(TypedDict):
    """One smaller file of a picture; `name` is its name in the storage."""

    width: int
    height: int
    format: str
    name: str


def checked_name(file: "File[bytes]") -> str:
    """The name to store an upload under; its ending says what the file holds, whatever it was called.

    Raises `UnusablePicture` for what is too large, or is not whole, or is in no format of `ENDINGS`: a
    drawing or page with scripts in it, called .png, must never be served from our address.
    """
    if file.size > MAX_MEGABYTES * 1024 * 1024:
        raise UnusablePicture(f"The file is larger than {MAX_MEGABYTES} MB. Make it smaller first.")
    try:
        with Image.open(file, formats=list(ENDINGS)) as image:
            kind, pixels = str(image.format), image.width * image.height
            image.verify()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as fault:
        raise UnusablePicture("This is not a JPEG, PNG, WebP or AVIF picture, or it is damaged.") from fault
    finally:
        file.seek(0)
    if pixels > MAX_MEGAPIXELS * 1_000_000:
        raise UnusablePicture(f"The picture has over {MAX_MEGAPIXELS} million pixels. Make it smaller first.")
    stem = slugify(PurePosixPath(file.name or "").stem)[:60] or "picture"
    return f"{stem}.{ENDINGS[kind]}"


def make_sizes(picture: Picture) -> None:
    """Write the picture's smaller files: each width in AVIF and WebP, and one JPEG for all else.

    Never larger than the original; turned upright; without the metadata that cameras add. They are noted in
    `sizes`; the row is not saved.
    """
    with picture.file.open("rb") as stored, Image.open(stored) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    stem = str(PurePosixPath(str(picture.file.name)).with_suffix(""))
    widths = sorted({min(width, image.width) for width in WIDTHS})
    wanted = [(width, kind, options) for kind, options in FORMATS.items() for width in widths]
    wanted.append((min(FALLBACK_WIDTH, image.width), "jpeg", FALLBACK))
    picture.sizes = [_write(picture, image, stem, width, kind, options) for width, kind, options in wanted]


def _write(
    picture: Picture,
    image: Image.Image,
    stem: str,
    width: int,
    kind: str,
    options: dict[str, int],
) -> Size:
    height = max(1, round(image.height * width / image.width))
    smaller = image.resize((width, height), Image.Resampling.LANCZOS)
    data = BytesIO()
    smaller.save(data, kind.upper(), **options)
    name = picture.file.storage.save(f"{stem}-{width}.{kind}", ContentFile(data.getvalue()))
    return Size(width=width, height=height, format=kind, name=name)


def image_source(picture: Picture) -> ImageSource:
    """The picture's files as a page names them; the original when no sizes have been made."""
    storage = picture.file.storage
    sources = []
    for kind in FORMATS:
        files = [
            f"{storage.url(size['name'])} {size['width']}w"
            for size in picture.sizes
            if size["format"] == kind
        ]
        if files:
            sources.append((f"image/{kind}", ", ".join(files)))
    fallback = next((size for size in picture.sizes if size["format"] == "jpeg"), None)
    if fallback is None:
        return ImageSource(picture.file.url, picture.width, picture.height, tuple(sources))
    return ImageSource(
        storage.url(fallback["name"]),
        fallback["width"],
        fallback["height"],
        tuple(sources),
    )
