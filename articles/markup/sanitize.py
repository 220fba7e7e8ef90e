"""The one way a text gets into the database."""

import nh3

from .read import read
from .vocabulary import ATTRIBUTES, CLASSES, SCHEMES, TAGS
from .write import write


def sanitize_body(html: str) -> str:
    """The stored form of a text from the editor, a paste or an import; sanitising twice changes nothing.

    Whatever the input, the result holds only the vocabulary of body markup. It is written anew from what
    was understood, and still goes through nh3's allow-list, so that a mistake in the writing cannot let
    markup through.
    """
    return nh3.clean(
        write(read(html)),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
