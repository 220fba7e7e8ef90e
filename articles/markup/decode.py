"""Bytes of unknown encoding read as text."""

import codecs
import re
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = re.compile("[\x00-\x08\x0e-\x1f]")


class Undecodable(ValueError):
    """These bytes are no text; ``line`` is the first that shows it."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"line {line}: not text")


def decode(raw: bytes) -> str:
    """The text in these bytes: UTF-8 or UTF-16, with or without a byte order mark, else Windows-1252.

    Windows-1252 holds all of Latin-1's letters; the few bytes it leaves undefined are read as Latin-1 does.
    """
    text = _decode(raw).replace("\ufeff", "").rstrip("\x1a\0")
    if binary := _BINARY.search(text):
        raise Undecodable(1 + len(re.findall(r"\r\n|\r|\n", text[: binary.start()])))
    return text


def _decode(raw: bytes) -> str:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    if utf16 := _utf16_without_mark(raw):
        return raw.decode(utf16, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(map(_windows_1252, raw))


def _utf16_without_mark(raw: bytes) -> str:
    """Western text in UTF-16 has a zero as every other byte; empty when this has not."""
    half = len(raw) // 2
    if half and raw[1::2].count(0) > half * 0.6 and raw[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if half and raw[::2].count(0) > half * 0.6 and raw[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""


def _windows_1252(byte: int) -> str:
    return bytes((byte,)).decode("cp1252", "ignore") or chr(byte)
