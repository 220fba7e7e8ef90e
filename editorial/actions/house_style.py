"""Many terms of the house's dictionary at once, from lines of text."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import AuditEntry, User
from editorial.models import HouseStyleTerm

COLUMNS = ("avoid", "prefer", "note", "language")

_ARROW = re.compile(r"\s*(?:→|=>|->)\s*")


@dataclass(frozen=True)
class TermLine:
    """A line as read; `effect` is new, changed or known, `problem` says why it cannot be taken."""

    number: int
    avoid: str
    prefer: str = ""
    note: str = ""
    language: str = ""
    effect: str = ""
    problem: str = ""

    @property
    def values(self) -> dict[str, str]:
        return {"prefer": self.prefer, "note": self.note, "language": self.language}


def read_terms(text: str) -> list[TermLine]:
    """The terms in lines of CSV (commas, semicolons or tabs) or of “avoid → prefer”, and what each would do.

    Empty lines and a heading are skipped. Nothing is stored.
    """
    known = {term.avoid: term for term in HouseStyleTerm.objects.all()}
    lines: list[TermLine] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = _cells(line)
        if not any(cells) or [cell.lower() for cell in cells[:2]] == ["avoid", "prefer"]:
            continue
        problem = _problem(cells, {line.avoid for line in lines})
        padded = [*cells, "", "", ""][: len(COLUMNS)]
        avoid, prefer, note, language = padded
        effect = _effect(known.get(avoid), padded)
        lines.append(TermLine(number, avoid, prefer, note, language, effect, problem))
    return lines


@transaction.atomic
def add_terms(*, lines: Sequence[TermLine], by: User | None, at: datetime) -> int:
    """Store the lines that are new or changed; returns how many. Lines with a problem are left out."""
    wanted = [line for line in lines if line.effect != "known" and not line.problem]
    for line in wanted:
        term, is_new = HouseStyleTerm.objects.update_or_create(avoid=line.avoid, defaults=line.values)
        action = f"{'add' if is_new else 'change'} house style term"
        AuditEntry.record(action, term, by=by, at=at, reason=line.note)
    return len(wanted)


def _cells(line: str) -> list[str]:
    """The cells of a line, without what guarded them from being formulas (`kit.spreadsheet`)."""
    if _ARROW.search(line) and not re.search(r"[\t;]", line):
        cells = _ARROW.split(line, maxsplit=1)
    else:
        separator = next((sign for sign in "\t;" if sign in line), ",")
        cells = next(csv.reader([line], delimiter=separator), [])
    return [re.sub(r"^'(?=[=+\-@])", "", cell.strip()) for cell in cells]


def _problem(cells: list[str], before: set[str]) -> str:
    if len(cells) > len(COLUMNS):
        return (
            f"has {len(cells)} columns; there are {len(COLUMNS)}: put a text with commas in quotation marks"
        )
    if cells[0] in before:
        return "names a term that an earlier line names"
    try:
        HouseStyleTerm(**dict(zip(COLUMNS, cells, strict=False))).clean_fields()
    except ValidationError as refused:
        return "; ".join(f"{name}: {' '.join(said)}" for name, said in refused.message_dict.items())
    return ""


def _effect(term: HouseStyleTerm | None, values: list[str]) -> str:
    if term is None:
        return "new"
    return "known" if [term.avoid, term.prefer, term.note, term.language] == values else "changed"
