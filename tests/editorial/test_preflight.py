"""What the preflight finds, how strict it is, and that the desk's sample text passes it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Article, Author, FormerSlug, State, Topic
from demo.storyfiles import read_stories
from editorial.actions import CannotPublish, publish_article
from editorial.actions.checks import UnknownCheck, set_check_levels
from editorial.content import Content
from editorial.models import CheckedLink, CheckRule
from editorial.preflight import CHECKS, Finding, blocking, findings, levels
from tests.factories.articles import PictureFactory
from tests.factories.desk import NOW, browser_of, draft, edit, person, section, story

pytestmark = pytest.mark.django_db

BLOCK, WARN, OFF = CheckRule.Level.BLOCK, CheckRule.Level.WARN, CheckRule.Level.OFF


def sound(**changes: Any) -> Content:
    """A text with nothing to remark, changed."""
    text = Content(
        headline="Tide Mill Turns Again",
        slug="tide-mill",
        standfirst="After ninety years the wheel at Saltway is grinding.",
        body="<p>It turned at noon, and went on turning.</p>",
        section=section().pk,
        authors=(1,),
    )
    return replace(text, **changes)


def found(**changes: Any) -> list[tuple[str, str]]:
    """What the checks find in the text changed so: the check, and the field it is about."""
    return [(finding.check, finding.field) for finding in findings(sound(**changes))]


def only(**changes: Any) -> Finding:
    (finding,) = findings(sound(**changes))
    return finding


def test_a_sound_text_has_no_findings() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"headline": ""}, [("headline", "headline")]),
        ({"headline": "x" * 91}, [("headline_length", "headline")]),
        ({"headline": "x" * 90}, []),
        ({"body": ""}, [("text", "body")]),
        ({"body": "<hr>"}, [("text", "body")]),
        ({"section": 4096}, [("section", "section")]),
        ({"standfirst": "y" * 251}, [("standfirst_length", "standfirst")]),
        ({"standfirst": "y" * 250}, []),
        ({"standfirst": ""}, [("standfirst", "standfirst"), ("search_description", "seo_description")]),
        ({"standfirst": "", "seo_description": "A mill."}, [("standfirst", "standfirst")]),
        ({"seo_description": "z" * 161}, [("search_length", "seo_description")]),
        ({"seo_title": "z" * 71}, [("search_length", "seo_title")]),
        ({"authors": ()}, [("byline", "byline")]),
        (
            {"authors": (), "dateline_source": "EIRNS"},
            [("dateline", "dateline_date"), ("dateline", "dateline_place")],
        ),
        ({"dateline_source": "EIRNS", "dateline_place": "Saltway", "dateline_date": date(2026, 5, 4)}, []),
        ({"dateline_place": "Saltway"}, []),
        ({"headline": "Tide Mill TK Again"}, [("open_places", "headline")]),
        ({"headline": "A Mill  Turns"}, [("spaces", "headline")]),
        ({"standfirst": "It turns , they say."}, [("spaces", "standfirst")]),
        ({"standfirst": "It turned in the the end."}, [("repeated_words", "standfirst")]),
        ({"standfirst": "He knew that that had had an end."}, []),
    ],
)
def test_what_stands_over_the_text(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(**changes) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p>Words</p><hr class="paywall"><p>more words</p>', []),
        ('<hr class="paywall"><p>Words</p>', ["paywall"]),
        ('<p>Words</p><hr class="paywall">', ["paywall"]),
        ("<h2>One</h2><h3>Two</h3><p>Words</p>", []),
        ("<h3>Two</h3><p>Words</p>", ["heading_order"]),
        ("<table><tbody><tr><th>Year</th><td>3</td></tr></tbody></table>", []),
        ("<table><tbody><tr><td>Year</td><td>3</td></tr></tbody></table>", ["table_head"]),
        ('<p>Words</p><div class="embed"><a href="https://film.example/1">The mill at work</a></div>', []),
        (
            '<p>Words</p><div class="embed"><a href="https://film.example/1">film.example</a></div>',
            ["embed_title"],
        ),
        ("<p>The year was XXX and the owner TKTK.</p>", ["open_places", "open_places"]),
        (
            "<p>He was born in [date] in Arrowmere. [Check with the purser: how many?]</p>",
            ["open_places", "open_places"],
        ),
        ("<p>“I sold [the mill] in May,” she said.</p>", []),
        ("<p>A line that that man wrote, by by.</p>", ["repeated_words"]),
        ("<p>It stops,<br>and it goes.</p>", []),
    ],
)
def test_how_the_text_is_put_together(body: str, expected: list[str]) -> None:
    assert [check for check, _ in found(body=body)] == expected


@pytest.mark.parametrize("alt", ["", " ", "…", "IMG_2041.JPG"])
def test_a11_a_picture_in_the_text_without_alternative_text_blocks(alt: str) -> None:
    body = (
        f'<p>Words</p><figure><img src="/media/a.jpg" alt="{alt}"><figcaption>The wheel</figcaption></figure>'
    )
    finding = only(body=body)
    assert (finding.check, finding.is_blocking, finding.passage) == ("alt_text", True, "The wheel")


def test_a11_the_lead_picture_needs_alternative_text_too() -> None:
    mute, told = (PictureFactory.create(alt=alt) for alt in ("", "A mill wheel"))
    assert only(lead_picture=mute.pk).field == "lead_picture"
    assert found(lead_picture=told.pk) == []


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="https://mill.example/">the mill’s own page</a>', []),
        ('<a href="https://mill.example/">→</a>', ["empty_links"]),
        ('<a href="https://mill.example/">here</a>', ["link_words"]),
        ('<a href="https://mill.example/a">https://mill.example/a</a>', ["link_words"]),
        ('<a href="https://mill.example/"><strong>the</strong> mill</a>', []),
        ('<a href="mailto:desk@mill.example">the desk</a>', []),
        ('<a href="/admin/articles/article/1/change/">the draft</a>', ["newsroom_links"]),
        ('<a href="/articles/no-such-story/">that story</a>', ["own_links"]),
        ('<a href="/topics/mills/">mills</a>', []),
        ('<a href="/topics/tides/">tides</a>', ["own_links"]),
        ('<a href="/no-such-page/">a page</a>', ["own_links"]),
        ('<a href="/nowhere/at/all">a page</a>', ["own_links"]),
        ('<a href="/rss.xml">the feed</a>', []),
        ('<a href="/">the front page</a>', []),
    ],
)
def test_where_links_lead(link: str, expected: list[str]) -> None:
    Topic.objects.create(slug="mills", name="Mills")
    assert [check for check, _ in found(body=f"<p>Read about {link}, they say.</p>")] == expected


def test_a_link_to_a_story_holds_while_readers_can_open_it(settings: Any) -> None:
    public = story(State.PUBLISHED, at=timezone.now(), slug="open")
    FormerSlug.objects.create(article=public, slug="formerly")
    draft(slug="hidden")
    at = settings.SITE_URL
    for slug, expected in (("open", []), ("formerly", []), ("hidden", [("own_links", "body")])):
        body = f'<p>As <a href="{at}/articles/{slug}/#notes">was told</a> before.</p>'
        assert found(body=body) == expected


def test_a_dead_link_is_named_with_what_was_the_matter() -> None:
    CheckedLink.objects.create(url="https://gone.example/a", state="dead", detail="answers 404: not found")
    CheckedLink.objects.create(url="https://fine.example/", state="alive")
    dead = '<a href="https://gone.example/a#b">The old page</a>'
    body = f'<p>{dead}, <a href="https://fine.example/">a new one</a>.</p>'
    assert only(body=body).message == (
        "Replace or remove the link “The old page”: https://gone.example/a#b answers 404: not found."
    )


BALANCED = [
    ("en", "<p>“It turns,” she said. “It ‘hums’ too.”</p>"),
    ("en", "<p>The miners’ wives’ choir; ’twas in the ’90s, rock ’n’ roll.</p>"),
    ("en", "<p>She said: “We wait.</p><p>“And we hope.”</p>"),
    ("en", "<p>“We wait.</p><figure><img src='/media/a.jpg' alt='A mill'></figure><p>“And we hope.”</p>"),
    (
        "en",
        "<p>“We wait,</p><blockquote class='display'><p>hope,</p></blockquote><p class='runon'>and go.”</p>",
    ),
    ("en", "<p>“One.</p><p>“Two ‘and.</p><p>“‘Three’ ends.”</p>"),
    ("en", "<p>‘So I said “no” to them,’ he wrote.</p>"),
    ("en", '<p>A 5" pipe, a 10” one, and "straight words".</p>'),
    ("en", "<p>Le Monde calls it «une merveille».</p>"),
    ("en-GB", "<ul><li><p>“One.”</p></li><li><p>“Two.”</p></li></ul>"),
    ("de", "<p>„Sie dreht sich“, sagte er, »wirklich«.</p>"),
    ("de", "<p>„Er rief ‚Halt‘ und ging.“</p>"),
    ("fr", "<p>« Elle a dit “oui” », dit-il. L’eau monte.</p>"),
    ("sv", "<p>”Den går”, sade hon.</p>"),
    ("ru", "<p>«Он сказал „да“».</p>"),
    ("pl", "<p>„Obraca się”, powiedziała.</p>"),
    ("da", "<p>»Den drejer«, sagde hun.</p>"),
]
UNBALANCED = [
    ("en", "<p>“It turns, she said.</p><p>Nobody answered.</p>", "“It turns, she said."),
    ("en", "<p>It turns,” she said.</p>", "It turns,”"),
    ("en", "<p>“We wait.</p><h2>Later</h2><p>“And we hope.”</p>", "“We wait."),
    (
        "en",
        "<p>“We wait.</p><blockquote class='display'><p>Hope.</p></blockquote><p class='runon'>and go.</p>",
        "“We wait.",
    ),
    ("en", "<blockquote class='display'><p>“We wait.</p></blockquote><p>And go.</p>", "“We wait."),
    ("en", "<p>“It ‘hums,” she said.</p>", "‘hums,” she said."),
    ("en", "<p>“One “two” three.”</p>", "“two” three.”"),
    ("en", '<p>He said "yes.</p>', '"yes.'),
    ("de", "<p>„Sie dreht sich, sagte er.</p>", "„Sie dreht sich, sagte er."),
    ("de", "<p>“Sie dreht sich”, sagte er.</p>", "“"),
    ("fr", "<p>« Elle tourne, dit-il.</p>", "« Elle tourne, dit-il."),
]


@pytest.mark.parametrize(("language", "body"), BALANCED)
def test_balanced_quotation_marks(language: str, body: str) -> None:
    assert found(language=language, body=body) == []


@pytest.mark.parametrize(("language", "body", "passage"), UNBALANCED)
def test_unbalanced_quotation_marks(language: str, body: str, passage: str) -> None:
    first = findings(sound(language=language, body=body))[0]
    assert (first.check, first.passage) == ("quotation_marks", passage)


def test_quotation_marks_of_a_field_are_its_own() -> None:
    assert found(headline="“Tide Mill Turns", standfirst="Again”, said she.") == [
        ("quotation_marks", "headline"),
        ("quotation_marks", "standfirst"),
    ]


def test_what_blocks_comes_first_and_many_of_a_kind_are_summed_up() -> None:
    links = "".join(f'<p><a href="https://mill.example/{number}">here</a></p>' for number in range(8))
    all_found = findings(sound(headline="", body=links))
    assert [finding.check for finding in all_found] == ["headline", *["link_words"] * 6]
    assert all_found[-1].message == "Links that do not say where they lead: 3 more."


def test_the_gate_lets_nothing_out_that_blocks_and_says_why() -> None:
    article = story(State.DRAFT, body='<p>Words</p><figure><img src="/media/a.jpg" alt=""></figure>')
    assert blocking(sound(body="<p>Words “open.</p>")) == []
    approved = story(State.APPROVED, body='<p>Words</p><figure><img src="/media/a.jpg" alt=""></figure>')
    with pytest.raises(CannotPublish, match="Say what the picture in the text shows"):
        publish_article(article=approved, by=person(PUBLISHER), at=NOW)
    assert article.state == State.DRAFT


def test_a_level_that_the_house_sets_holds_at_the_gate() -> None:
    approved = story(State.APPROVED, body="<p>He said “yes.</p>")
    publisher = person(PUBLISHER)
    set_check_levels(levels={"quotation_marks": BLOCK, "headline": OFF}, by=publisher, at=NOW)
    with pytest.raises(CannotPublish, match=r"Close the quotation that begins “yes\."):
        publish_article(article=approved, by=publisher, at=NOW)
    set_check_levels(levels={"quotation_marks": WARN}, by=publisher, at=NOW)
    publish_article(article=approved, by=publisher, at=NOW)
    assert found(headline="") == []


def test_setting_levels_leaves_a_trail_of_what_changed_and_knows_no_other_checks() -> None:
    by = person(PUBLISHER)
    same = {check.name: check.default.value for check in CHECKS}
    set_check_levels(levels=same | {"spaces": OFF}, by=by, at=NOW)
    trail = AuditEntry.objects.filter(action="set check")
    assert [(entry.target_label, entry.from_state, entry.to_state) for entry in trail] == [
        ("spaces", "warn", "off")
    ]
    assert levels() == same | {"spaces": "off"}
    with pytest.raises(UnknownCheck):
        set_check_levels(levels={"moonlight": BLOCK}, by=by, at=NOW)
    assert CheckRule.objects.filter(check_name="moonlight").count() == 0


def test_the_queries_of_a_preflight_do_not_grow_with_the_text(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Topic.objects.create(slug="mills", name="Mills")
    links = ("https://a{0}.example/", "/articles/a{0}/", "/topics/t{0}/")
    link = "<p>" + ", ".join(f'<a href="{address}">A mill</a>' for address in links) + "</p>"
    for number in (1, 40):
        content = sound(body="".join(link.format(each) for each in range(number)))
        with django_assert_num_queries(8):
            findings(content)


def test_the_sample_stories_pass_the_gate() -> None:
    samples, hindered = list(read_stories()), {}
    for sample in samples:
        text = sound(
            headline=sample.text("headline"),
            standfirst=sample.text("standfirst"),
            body=sample.body.replace("scene:", "/media/scene-"),
            authors=() if sample.text("source") else (1,),
            dateline_source=sample.text("source"),
            dateline_place=sample.text("dateline"),
            dateline_date=date(2026, 5, 4),
        )
        looked_at = findings(text)
        loud = {finding.check for finding in looked_at} - {"search_description", "heading_order", "own_links"}
        if loud or blocking(text):
            hindered[sample.slug] = looked_at
    assert (len(samples) >= 44, hindered) == (True, {})


WIRE = """\
Ferry Line Opens Between Anselm and the Mainland

PORT SALDANE, July 3, 2026 (EIRNS)—The first ferry crossed in forty minutes, with nobody late.

“We have waited eleven winters for a boat that leaves when the paper on the wall says that it will leave,”

he added.
"""


def test_wire_copy_passes_the_gate(tmp_path: Path) -> None:
    section("world")
    dispatch = tmp_path / "ferry.txt"
    dispatch.write_text(WIRE, encoding="utf-8")
    call_command("import_wire", dispatch, "--publish")
    article = Article.objects.get()
    assert article.state == State.PUBLISHED


# On the page


def address(article: Article) -> str:
    return f"/admin/desk/stories/{article.pk}/preflight/"


def test_the_storys_page_shows_the_findings_of_the_latest_saved_text() -> None:
    article = story(State.PUBLISHED)
    edit(article, person(EDITOR), headline="“Open")
    page = browser_of(person(PUBLISHER)).get(f"/admin/articles/article/{article.pk}/change/")
    assert "Close the quotation that begins “Open”: “ opens it." in page.text
    assert 'href="#id_headline" data-field="headline"' in page.text


def test_what_is_being_typed_is_looked_at_and_not_stored() -> None:
    article = draft(person(WRITER))
    typed = {
        "headline": "Half a “headl",
        "body": "<p>It turned<script>alert(1)</script>.",
        "section": "",
        "dateline_date": "2026-0",
        "dateline_source": "EIRNS",
        "lead_picture": "no number",
        "language": "en",
    }
    answer = browser_of(person(WRITER)).post(address(article), typed)
    assert answer.status_code == 200
    for message in ("Choose a section.", "Give the date of the dateline", "begins “headl”"):
        assert message in answer.text
    assert "alert(1)" not in answer.text
    article.refresh_from_db()
    assert (article.headline, article.version) == ("Tide mill 1 turns again", 1)


def test_a_preflight_is_for_who_sees_the_story() -> None:
    strangers = draft(None, headline="Heliotrope secret")
    assert browser_of(person(WRITER)).post(address(strangers), {"headline": ""}).status_code == 404
    assert browser_of(person(EDITOR)).get(address(strangers)).status_code == 405
    assert Client().post(address(strangers), {"headline": ""}).status_code == 302


def test_levels_are_set_on_one_page_by_publishers_and_seen_by_editors() -> None:
    page = "/admin/editorial/checkrule/"
    chosen = {check.name: check.default.value for check in CHECKS} | {"spaces": OFF.value}
    assert browser_of(person(PUBLISHER)).post(page, chosen).status_code == 302
    assert levels()["spaces"] == OFF
    assert browser_of(person(EDITOR)).get(page).status_code == 200
    assert browser_of(person(EDITOR)).post(page, chosen | {"alt_text": OFF.value}).status_code == 403
    assert browser_of(person(WRITER)).get(page).status_code == 403
    assert browser_of(person(PUBLISHER)).post(page, chosen | {"alt_text": "maybe"}).status_code == 200
    assert levels()["alt_text"] == BLOCK


def test_there_is_no_other_way_to_make_or_delete_a_level() -> None:
    rule = CheckRule.objects.create(check_name="spaces", level=OFF)
    publisher = browser_of(person(PUBLISHER))
    for way in ("add/", f"{rule.pk}/change/", f"{rule.pk}/delete/"):
        answer = publisher.post(
            f"/admin/editorial/checkrule/{way}", {"check_name": "moonlight", "level": "off"}
        )
        assert answer.status_code in (403, 404)
    assert list(CheckRule.objects.values_list("check_name", "level")) == [("spaces", "off")]


def test_authors_of_a_byline_are_read_from_the_form() -> None:
    article = draft(person(WRITER))
    ada = Author.objects.create(name="Ada", slug="ada")
    typed = {"headline": "Mill", "standfirst": "A mill.", "byline": [ada.pk], "body": "<p>It turned.</p>"}
    answer = browser_of(person(WRITER)).post(address(article), typed)
    assert "nothing found" in answer.text
