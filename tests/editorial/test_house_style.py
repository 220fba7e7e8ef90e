"""The house's dictionary: what it marks, in which language, and how it comes in and goes out."""

import json
import re
from typing import Any

import pytest

from accounts.models import AuditEntry
from accounts.roles import EDITOR, PUBLISHER, WRITER
from editorial.actions.house_style import add_terms, read_terms
from editorial.content import Content
from editorial.models import HouseStyleTerm
from editorial.preflight import findings
from tests.factories.desk import NOW, browser_of, draft, person, section

pytestmark = pytest.mark.django_db

LIST = "/admin/editorial/housestyleterm/"


def term(avoid: str, prefer: str = "", **values: Any) -> HouseStyleTerm:
    return HouseStyleTerm.objects.create(avoid=avoid, prefer=prefer, **values)


def hits(text: str, **changes: Any) -> list[tuple[str, str]]:
    """The remarks of the house style and the words each stands at."""
    content = Content(
        headline="Tides", standfirst="They turn.", body=f"<p>{text}</p>", section=section().pk, **changes
    )
    found = findings(content)
    return [(finding.message, finding.passage) for finding in found if finding.check == "house_style"]


@pytest.mark.parametrize(
    ("avoid", "prefer", "text", "words"),
    [
        ("utilise", "use", "They utilise it.", "utilise"),
        ("utilise", "use", "Utilise it!", "Utilise"),
        ("utilise", "use", "They utilised it, over-utilisers.", ""),
        ("co-operate", "cooperate", "They co-operate.", "co-operate"),
        ("in order to", "to", "In  order to turn", "In order to"),
        ("shan't", "will not", "They shan’t turn.", "shan’t"),
        ("internet", "Internet", "The internet and the Internet.", "internet"),
        ("Internet", "internet", "The internet.", ""),
        ("c++", "C", "Written in c++.", "c++"),
        ("naïve", "naive", "A NAÏVE view.", "NAÏVE"),
        ("mill", "works", "A <strong>mi</strong>ll.", "mill"),
        ("mill", "works", "Turning<span class='footnote'>at the mill</span>.", "mill"),
    ],
)
def test_whole_words_count_in_whatever_case(avoid: str, prefer: str, text: str, words: str) -> None:
    term(avoid, prefer)
    assert [at for _, at in hits(text)] == ([words] if words else [])


def test_each_word_is_told_once_with_what_to_write_and_why() -> None:
    term("utilise", "use", note="Plain words first.")
    term("very")
    assert hits("They utilise it, very much; all UTILISE it very well, very gladly.") == [
        ("“utilise” (2 times): write “use”. Plain words first.", "utilise"),
        ("“very” (3 times): the house leaves it out.", "very"),
    ]


def test_the_longest_phrase_counts() -> None:
    term("in order", "tidy")
    term("in order to", "to")
    assert [at for _, at in hits("It is in order to turn.")] == ["in order to"]


@pytest.mark.parametrize(
    ("of_term", "of_text", "counts"),
    [
        ("", "de", True),
        ("en", "en-GB", True),
        ("en-GB", "en", False),
        ("en", "de", False),
        ("EN_gb", "en-GB", True),
    ],
)
def test_a_term_holds_in_its_language(of_term: str, of_text: str, counts: bool) -> None:
    term("grey", "gray", language=of_term)
    assert bool(hits("A grey sky.", language=of_text)) == counts


def test_lines_are_read_as_csv_from_a_spreadsheet_or_with_an_arrow_and_tried_first() -> None:
    term("known", "same")
    term("changing", "before")
    lines = read_terms(
        "avoid,prefer,note,language\n"
        "utilise,use\n\n"
        "very;;no need;en\n"
        "grey\tgray\n"
        "leverage → use\n"
        '"in fact, yes",yes,"say it, then",en-GB\n'
        "known,same\n"
        "changing,after\n"
        "utilise,employ\n"
        "a,b,c,d,e\n"
        f"{'x' * 81},y\n"
        ",nothing\n"
    )
    assert [(line.avoid, line.prefer, line.effect) for line in lines if not line.problem] == [
        ("utilise", "use", "new"),
        ("very", "", "new"),
        ("grey", "gray", "new"),
        ("leverage", "use", "new"),
        ("in fact, yes", "yes", "new"),
        ("known", "same", "known"),
        ("changing", "after", "changed"),
    ]
    assert [line.number for line in lines if line.problem] == [10, 11, 12, 13]
    assert HouseStyleTerm.objects.count() == 2


def test_terms_are_stored_with_a_trail_and_those_that_are_known_left_alone() -> None:
    term("known", "same")
    by = person(EDITOR)
    assert add_terms(lines=read_terms("known,same\nutilise,use\n,bad"), by=by, at=NOW) == 1
    assert list(HouseStyleTerm.objects.values_list("avoid", "prefer")) == [
        ("known", "same"),
        ("utilise", "use"),
    ]
    trail = AuditEntry.objects.values_list("action", "target_label", "by_label")
    assert list(trail) == [("add house style term", "utilise → use", by.email)]


# In the admin


def test_pasting_shows_first_what_it_would_do() -> None:
    editor = browser_of(person(EDITOR))
    lines = {"lines": "utilise,use\nvery"}
    tried = editor.post(f"{LIST}paste/", lines)
    assert (tried.status_code, HouseStyleTerm.objects.count()) == (200, 0)
    assert tried.text.count("<td>new</td>") == 2
    editor.post(f"{LIST}paste/", lines | {"confirm": "1"})
    assert HouseStyleTerm.objects.count() == 2


def test_nothing_is_taken_in_while_a_line_is_to_be_mended() -> None:
    answer = browser_of(person(EDITOR)).post(f"{LIST}paste/", {"lines": "utilise,use\n,bad", "confirm": "1"})
    assert "Mend it:" in answer.text
    assert HouseStyleTerm.objects.count() == 0


def test_what_is_taken_along_can_be_pasted_again() -> None:
    term("-ise", "=ize", note="Say it, then.", language="en")
    term("very")
    answer = browser_of(person(EDITOR)).get(f"{LIST}csv/")
    assert answer["Content-Disposition"] == 'attachment; filename="house-style.csv"'
    lines = read_terms(answer.getvalue().decode())
    assert [(line.avoid, line.effect) for line in lines] == [("-ise", "known"), ("very", "known")]


def test_a_writer_neither_changes_the_dictionary_nor_takes_it_along() -> None:
    writer = browser_of(person(WRITER))
    for page in ("", "csv/", "paste/", "add/"):
        assert writer.get(LIST + page).status_code == 403
    assert writer.post(f"{LIST}paste/", {"lines": "a,b", "confirm": "1"}).status_code == 403
    assert HouseStyleTerm.objects.count() == 0


def test_every_change_in_the_admin_is_in_the_trail() -> None:
    editor = browser_of(person(EDITOR))
    values = {"avoid": "utilise", "prefer": "use", "note": "Plain.", "language": "en"}
    editor.post(f"{LIST}add/", values)
    row = HouseStyleTerm.objects.get()
    editor.post(f"{LIST}{row.pk}/change/", values | {"prefer": "employ"})
    editor.post(f"{LIST}{row.pk}/change/", values | {"prefer": "employ"})
    editor.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    trail = AuditEntry.objects.order_by("pk").values_list("action", "target_label", "reason")
    assert list(trail) == [
        ("add house style term", "utilise → use", "Plain."),
        ("change house style term", "utilise → employ", "Plain."),
        ("delete house style term", "utilise → employ", "Plain."),
    ]


def test_the_storys_page_gives_the_editor_the_terms_of_its_language() -> None:
    term("utilise", "use", note="</script><b>", language="en")
    term("benutzen", "nutzen", language="de")
    article = draft(person(EDITOR))
    page = browser_of(person(EDITOR)).get(f"/admin/articles/article/{article.pk}/change/").text
    block = re.search(r'<script id="house-style" type="application/json">(.*?)</script>', page)
    assert block is not None
    assert json.loads(block[1]) == [{"avoid": "utilise", "prefer": "use", "note": "</script><b>"}]


def test_the_dictionary_is_listed_for_editors_with_ways_in_and_out() -> None:
    term("utilise", "use")
    page = browser_of(person(PUBLISHER)).get(LIST).text
    assert f'href="{LIST}csv/"' in page
    assert f'href="{LIST}paste/"' in page
