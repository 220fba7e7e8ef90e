"""CSV files that a spreadsheet opens without carrying out what a stranger wrote."""

import pytest

from kit.spreadsheet import csv_download, csv_lines, safe_cell


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "=", '=cmd|"/c"'])
def test_a_formula_becomes_text(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "plain", "a=b", " dash - inside", "1", -3, 2.5, None])
def test_other_cells_stay_as_they_are(cell: object) -> None:
    assert safe_cell(cell) == cell


def test_rows_become_lines_one_at_a_time() -> None:
    made = []

    def rows() -> object:
        for number in range(3):
            made.append(number)
            yield (number, 'a "quoted", text')

    lines = csv_lines(rows())  # type: ignore[arg-type]
    assert next(lines) == '0,"a ""quoted"", text"\r\n'
    assert made == [0]


def test_the_download_is_utf_8() -> None:
    answer = csv_download([("wer", "Ödön")], name="people")
    assert answer.getvalue() == "wer,Ödön\r\n".encode()
    assert answer["Content-Disposition"] == 'attachment; filename="people.csv"'
