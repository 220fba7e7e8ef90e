"""Tables as CSV files that a spreadsheet opens safely."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

# A cell that begins like this is a formula to a spreadsheet (OWASP, "CSV Injection").
FORMULA_STARTS = ("=", "+", "-", "@")


class _Line:
    """A file of one line: `csv` writes into it, and it hands the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as lines of CSV (RFC 4180), made one by one."""
    writer = csv.writer(_Line())
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])


def safe_cell(cell: object) -> object:
    """The cell with an apostrophe before text that a spreadsheet would carry out; numbers stay."""
    is_formula = isinstance(cell, str) and cell.startswith(FORMULA_STARTS)
    return f"'{cell}" if is_formula else cell


def csv_download(rows: Iterable[Sequence[object]], *, name: str) -> StreamingHttpResponse:
    """The rows (the first one the heading) as a download called `name`.csv, in UTF-8 and of any length."""
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
