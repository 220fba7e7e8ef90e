"""Pictures say what they show to those who cannot see them (rule A11; WCAG 1.1.1)."""

import re
from collections.abc import Iterator

from articles.markup.document import Figure, text_of
from editorial.preflight.check import Remark
from editorial.preflight.subject import Subject

_FILE_NAME = re.compile(r"\S+\.(jpe?g|png|gif|webp|avif|tiff?|heic)", re.IGNORECASE)


def missing_alt(subject: Subject) -> Iterator[Remark]:
    """The name of a file says nothing."""
    if subject.lead_alt is not None and _says_nothing(subject.lead_alt):
        yield Remark("Say what the lead picture shows, in the picture's own form.", "lead_picture")
    figures = [block for block in subject.document if isinstance(block, Figure)]
    for number, figure in enumerate(figures, start=1):
        if _says_nothing(figure.alt):
            which = f"picture {number} in the text" if len(figures) > 1 else "the picture in the text"
            message = f"Say what {which} shows: it has no alternative text."
            yield Remark(message, passage=text_of(figure.caption))


def _says_nothing(alt: str) -> bool:
    return not any(map(str.isalnum, alt)) or _FILE_NAME.fullmatch(alt.strip()) is not None
