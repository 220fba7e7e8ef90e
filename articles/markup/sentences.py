"""Where a sentence ends."""

import re
from typing import Final

BY_SIGN: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts that are written without spaces: each sign counts as a word."""

_END = re.compile(r"[.!?…]+[”’\"')\]»]*(?=\s|$)|[。！？]+[”’」』）]*")
_NEXT = re.compile(r"\s+[“‘\"'(\[«]*(?P<start>\S)")
_LAST_WORD = re.compile(r"[\w.]+$")
_CLOSED = re.compile(r"[.!?…。！？][”’\"')\]»」』）]*$")

# fmt: off
ABBREVIATIONS: Final = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "gen", "col", "lt", "sgt", "capt", "adm", "gov", "sen",
    "rep", "pres", "st", "mt", "no", "nos", "vol", "pp", "fig", "vs", "etc", "e.g", "i.e", "cf", "al",
    "ca", "approx", "inc", "ltd", "co", "corp", "jr", "sr", "jan", "feb", "mar", "apr", "jun", "jul",
    "aug", "sep", "sept", "oct", "nov", "dec",
})
# fmt: on


def sentence_ends(text: str) -> list[int]:
    """The offsets just after each sentence and its closing marks; outside quotations, where there are any."""
    ends = [found.end() for found in _END.finditer(text) if _is_end(text, found)]
    return [end for end in ends if _is_balanced(text[:end])] or ends


def is_closed(text: str) -> bool:
    """Whether the text stops at the end of a sentence."""
    return bool(_CLOSED.search(text.rstrip()))


def goes_on(text: str) -> bool:
    """Whether the text begins in the middle of a sentence: "he added."."""
    return text.lstrip("—–-…. ")[:1].islower()


def _is_end(text: str, found: re.Match[str]) -> bool:
    following = _NEXT.match(text, found.end())
    if following is None:
        return True
    if following["start"].islower():
        return False
    if not found[0].startswith(".") or found[0] != ".":
        return True
    word = _LAST_WORD.search(text, 0, found.start())
    before = word[0].lower() if word else ""
    is_initial = len(before) == 1 and before.isalpha() and before != "i"
    return not (before in ABBREVIATIONS or is_initial or re.fullmatch(r"(\w\.)+\w", before))


def _is_balanced(text: str) -> bool:
    return text.count("“") <= text.count("”")
