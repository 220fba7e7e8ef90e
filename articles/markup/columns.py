"""Which columns of a table hold numbers, to be set flush right as books do."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from .document import Cell, text_of

_NUMBER: Final = re.compile(r"[-+−–]?[^\w\s]?\d[\d.,\u00a0\u202f ]*(%|per cent)?")
_NO_NUMBER: Final = frozenset({"", "-", "–", "—", "none", "n/a"})


def number_columns(rows: Sequence[Sequence[Cell]]) -> frozenset[int]:
    """The columns, counted from 0, whose cells are numbers or say that there is none; never the first one.

    Headings over them do not count: pass the rows below.
    """
    columns = list(zip_longest(*rows))
    return frozenset(index for index, cells in enumerate(columns) if index and _are_numbers(cells))


def _are_numbers(cells: Sequence[Cell | None]) -> bool:
    texts = [text_of(cell.inline).strip().lower() if cell else "" for cell in cells]
    numbers = [text for text in texts if text not in _NO_NUMBER]
    return bool(numbers) and all(_NUMBER.fullmatch(text) for text in numbers)
