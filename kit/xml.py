"""Text that can stand in XML."""

import re

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def for_xml(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold (XML 1.0, 2.2)."""
    return NOT_IN_XML.sub("", text)
