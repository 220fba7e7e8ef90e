"""Wire copy as numbered lines, and what is said when it cannot be read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


class NotAStory(ValueError):
    """The file cannot be read as a story: where, why, and what to do about it."""

    def __init__(self, line: int, problem: str, remedy: str, *, name: str = "") -> None:
        self.line = line
        self.problem = problem
        self.remedy = remedy
        where = f"{name}, line {line}" if name else f"line {line}"
        super().__init__(f"{where}: {problem}. {remedy}.")


@dataclass(frozen=True)
class Lines:
    """Lines in a row, with the number of the first."""

    number: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as one paragraph: copy is often wrapped by hand."""
        text = self.lines[0]
        for before, line in pairwise(self.lines):
            is_word = re.search(r"\w-$", before) and line[:1].islower()
            text += line if is_word or before.endswith("—") else f" {line}"
        return text


def groups(lines: Sequence[str], first_number: int) -> list[Lines]:
    """Paragraphs: lines between blank ones."""
    found: list[Lines] = []
    is_open = False
    for number, line in enumerate(lines, start=first_number):
        if line and is_open:
            found[-1] = Lines(found[-1].number, (*found[-1].lines, line))
        elif line:
            found.append(Lines(number, (line,)))
        is_open = bool(line)
    return found


def joined(lines: Sequence[str], index: int) -> str:
    """The paragraph that begins on this line."""
    end = next((number for number in range(index, len(lines)) if not lines[number]), len(lines))
    return Lines(index + 1, tuple(lines[index:end])).text
