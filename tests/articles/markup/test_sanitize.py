"""Text from the editor, from Word, from web pages and from enemies."""

# ruff: noqa: E501 (markup is easier to compare on one line)

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from articles.markup.links import clean_href, clean_media
from articles.markup.sanitize import sanitize_body
from articles.markup.vocabulary import ATTRIBUTES, CLASSES, TAGS

VOCABULARY = [
    "<h2>The harbour</h2>",
    "<h3>A smaller matter</h3>",
    "<p>Plain, <strong>strong <em>both</em></strong>, <s>gone</s>, H<sub>2</sub>O, x<sup>2</sup>.</p>",
    '<p><a href="https://example.org/a?b=1&amp;c=2" title="A page">link</a><br>next line</p>',
    '<p class="runon">he added.</p>',
    "<ul><li><p>One</p><ol><li><p>Deep</p></li></ol></li><li><p>Two</p><p>More of two</p></li></ul>",
    '<ol start="4"><li><p>Four</p></li></ol>',
    "<blockquote><p>Said once.</p><p>Said twice.</p></blockquote>",
    '<blockquote class="display"><p>Set off.</p></blockquote>',
    (
        '<figure><img src="/media/quay.jpg" width="1200" height="800" alt="The &quot;old&quot; quay">'
        '<figcaption>The quay. <span class="credit">Ada Venn</span></figcaption></figure>'
    ),
    '<figure><img data-picture="41" alt=""></figure>',
    '<div class="embed"><a href="https://example.org/film">A film</a></div>',
    "<table><tbody><tr><th>Port</th><th>Ships</th></tr><tr><td>Saldane<br>(new)</td><td></td></tr></tbody></table>",
    "<hr>",
    '<hr class="paywall">',
    '<p>Claim.<span class="footnote">See <a href="https://example.org/">the <em>paper</em></a>.</span> More.</p>',
    '<p>10&nbsp;000 men — “so it was” – ‘they say’ &amp; "left" -- it.</p>',
]


@pytest.mark.parametrize("html", VOCABULARY)
def test_the_vocabulary_is_kept_to_the_letter(html: str) -> None:
    assert sanitize_body(html) == html


def test_the_whole_vocabulary_together_is_kept() -> None:
    assert sanitize_body("".join(VOCABULARY)) == "".join(VOCABULARY)


@pytest.mark.parametrize(
    ("given_html", "stored"),
    [
        ("", ""),
        ("<p></p>", ""),
        ("<p>&nbsp;</p><p><br></p><p>x</p>", "<p>x</p>"),
        ("One line\nwrapped.\n\nTwo & <3.", "<p>One line wrapped.</p><p>Two &amp; &lt;3.</p>"),
        ("One\r\n\r\n\r\nTwo", "<p>One</p><p>Two</p>"),
        ("<h1>Title</h1><h4>Deep</h4>", "<h2>Title</h2><h3>Deep</h3>"),
        ("<p><b>a</b><b>b</b> <i>c</i></p>", "<p><strong>ab</strong> <em>c</em></p>"),
        ("<p>a<strong> b </strong>c</p>", "<p>a <strong>b</strong> c</p>"),
        ("<p>one<br><br>two<br>three<br></p>", "<p>one</p><p>two<br>three</p>"),
        ("<div>a<div>b</div>c</div>", "<p>a</p><p>b</p><p>c</p>"),
        ("<p>a<span class='footnote'> note </span> b</p>", '<p>a<span class="footnote">note</span> b</p>'),
        ("<p>no <span class='credit'>credit</span> here</p>", "<p>no credit here</p>"),
        (
            "<p>1</p><hr class='paywall'><p>2</p><hr class='paywall'><p>3</p>",
            '<p>1</p><hr class="paywall"><p>2</p><p>3</p>',
        ),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        ("<ul><li><ul><li>b</li></ul></li></ul>", "<ul><li><p>b</p></li></ul>"),
        ("<blockquote><h2>x</h2><table><tr><td>y</table></blockquote>", "<blockquote><p>x</p><p>y</p></blockquote>"),
        ("<table><thead><tr><th><p>a</p><p>b</p>", "<table><tbody><tr><th>a<br>b</th></tr></tbody></table>"),
        ("<div class='embed'><a href='https://www.example.org/x'></a></div>",
         '<div class="embed"><a href="https://www.example.org/x">example.org</a></div>'),
        ("<div class='embed'><a href='https://e.org/'><span class='footnote'>n</span> a<br>film</a></div>",
         '<div class="embed"><a href="https://e.org/">a film</a></div>'),
        ("<div class='embed'><a href='/here'>t</a></div>", '<p><a href="/here">t</a></p>'),
    ],
)  # fmt: skip
def test_odd_markup_is_put_right(given_html: str, stored: str) -> None:
    assert sanitize_body(given_html) == stored


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0}</style>
<!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--></head><body lang=EN-GB style='tab-interval:36.0pt'>
<!--StartFragment--><div class=WordSection1>
<h1><span lang=EN-GB style='mso-ansi-language:EN-GB'>The Ferry<o:p></o:p></span></h1>
<p class=MsoNormal style='margin-bottom:8.0pt'><b style='mso-bidi-font-weight:normal'><span
lang=EN-GB>Bold</span></b><b><span lang=EN-GB> and more</span></b> in <st1:place w:st="on"><st1:City>Port
Saldane</st1:City></st1:place>, <i>said</i> <span style='font-family:"Arial";mso-spacerun:yes'>&nbsp; </span>the
“mate” &#8212; once.<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1" title=""><span
class=MsoFootnoteReference><span style='mso-special-character:footnote'><![if !supportFootnotes]>[1]<![endif]></span>
</span></a><o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>First item</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>1.<span
style='font:7.0pt'>&nbsp; </span></span>Inner one</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Last item</p>
<table class=MsoTableGrid border=1><tr style='mso-yfti-irow:0'><td width=200 valign=top><p class=MsoNormal>Cell</p>
</td></tr></table></div>
<div style='mso-element:footnote-list'><![if !supportFootnotes]><br clear=all><hr align=left size=1 width="33%">
<![endif]><div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1'
href="#_ftnref1" name="_ftn1"><span class=MsoFootnoteReference>[1]</span></a> From the <i>log</i>.</p></div></div>
<!--EndFragment--></body></html>"""

GOOGLE_DOCS = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-7a1"><h2 dir="ltr"><span '
    'style="font-size:16pt;font-weight:400">Tides</span></h2><p dir="ltr" style="line-height:1.38"><span '
    'style="font-weight:700">Bold</span><span style="font-weight:400;font-style:italic"> slant</span><span> plain, '
    '<a href="https://www.google.com/url?q=https://example.org/a?b%3D1%26utm_source%3Dx&amp;sa=D">link</a>.'
    '</span></p><br /><ul><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>item</span></p></li>'
    "</ul></b><br class='Apple-interchange-newline'>"
)

WEB_PAGE = """<article class="post post--long" data-id="9"><header><nav><a href="/">Home</a></nav></header>
<div class="content"><div class="para" data-track="x"><font face="Arial" color="red">Red</font> text,&nbsp;&nbsp;
spaced&nbsp;out.</div><p onclick="x()" style="color:red"><a href="https://example.org/s?id=7&utm_source=n&fbclid=Q#top"
target="_blank" rel="noopener" data-vars="1">story</a> <a href="#note">note</a> <a href="page.html">page</a></p>
<figure><img src="https://elsewhere.example/x.jpg"><figcaption>Their picture</figcaption></figure>
<img src="/media/2026/ours.jpg" alt="Ours" class="wide" loading="lazy"><img src="https://t.example/pixel.gif" width=1>
<p style="display:none">Hidden advertisement</p><aside><button>Share</button></aside>
<script>track()</script><style>p{}</style><iframe src="https://v.example"></iframe></div></article>"""


def test_a_paste_from_word_comes_out_clean() -> None:
    assert sanitize_body(WORD) == (
        "<h2>The Ferry</h2>"
        "<p><strong>Bold and more</strong> in Port Saldane, <em>said</em> the “mate” — once."
        '<span class="footnote">From the <em>log</em>.</span></p>'
        "<ul><li><p>First item</p><ol><li><p>Inner one</p></li></ol></li><li><p>Last item</p></li></ul>"
        "<table><tbody><tr><td>Cell</td></tr></tbody></table>"
    )


def test_a_paste_from_google_docs_comes_out_clean() -> None:
    assert sanitize_body(GOOGLE_DOCS) == (
        '<h2>Tides</h2><p><strong>Bold</strong> <em>slant</em> plain, <a href="https://example.org/a?b=1">link</a>.</p>'
        "<ul><li><p>item</p></li></ul>"
    )


def test_a_paste_from_a_web_page_comes_out_clean() -> None:
    assert sanitize_body(WEB_PAGE) == (
        '<p>Red text, spaced&nbsp;out.</p><p><a href="https://example.org/s?id=7#top">story</a> note page</p>'
        '<figure><img src="/media/2026/ours.jpg" alt="Ours"></figure>'
    )


def test_typed_bullets_become_a_list() -> None:
    assert sanitize_body("<p>Before:</p><p>·&nbsp;&nbsp; one</p><p>• two</p>") == (
        "<p>Before:</p><ul><li><p>one</p></li><li><p>two</p></li></ul>"
    )


def test_notes_of_google_docs_move_to_their_marks() -> None:
    html = (
        '<p>Claim<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>.</p><hr><div><p><a href="#ftnt_ref1" '
        'id="ftnt1">[1]</a><span> The source.</span></p></div>'
    )
    assert sanitize_body(html) == '<p>Claim<span class="footnote">The source.</span>.</p><hr>'


@pytest.mark.parametrize(
    ("href", "stored"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTP://EXAMPLE.org/x y", "HTTP://EXAMPLE.org/x%20y"),
        ("//example.org/a", "https://example.org/a"),
        ("/archive/", "/archive/"),
        ("mailto:desk@example.org", "mailto:desk@example.org"),
        ("https://example.org/?utm_medium=a&UTM_source=b", "https://example.org/"),
        ("https://example.org/?utm=1&q=utm_x", "https://example.org/?utm=1&q=utm_x"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        (" \x01javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("vbscript:x", ""),
        ("/\\evil.example", ""),
        ("https:\\\\evil.example", ""),
        ("page.html", ""),
        ("#top", ""),
        ("https://[bad", ""),
        ("https://www.google.com/url?q=javascript:alert(1)", ""),
    ],
)
def test_addresses(href: str, stored: str) -> None:
    assert clean_href(href) == stored


@pytest.mark.parametrize(
    "src", ["https://e.example/a.jpg", "//e.example/a", "/media/../secret", "/media/", "data:x", "/a.jpg"]
)
def test_pictures_come_from_our_media_only(src: str) -> None:
    assert clean_media(src) == ""
    assert sanitize_body(f"<p>x</p><img src='{src}' onerror='y()'>") == "<p>x</p>"


def test_nesting_without_end_is_harmless() -> None:
    assert sanitize_body("<div>" * 3000 + "deep" + "</div>" * 3000) == "<p>deep</p>"
    lists = sanitize_body("<ul><li>x" * 40)
    assert sanitize_body(lists) == lists


PIECES = st.sampled_from(
    """<p> </p> <p_class="runon"> <div> </div> <div_class=embed> <b> </b> <i> </i> <em> <strong_style="font-weight:400">
    </strong> <a_href="javascript:x()"> <a_href="https://e.org/?utm_x=1&y"> <a_href="/a"title="&quot;x"> </a> <ul> <ol_start=3> <li> </li>
    </ul> </ol> <blockquote> <blockquote_class=display> </blockquote> <h1> <h2> </h2> <h5> </h5> <br> <hr> <hr_class=paywall>
    <table> <tr> <td> <th> </table> <figure> <figcaption> </figcaption> </figure> <img_src="/media/a.jpg"> <pre> </pre>
    <img_data-picture=3> <img_src=x_onerror=y()> <span_class=footnote> <span_class=credit> </span> <script> </script> <style>
    <svg/onload=x> <math> </svg> <!-- --> <![if_x]> <o:p> <p_style="mso-list:l0_level2"> <span_style="mso-list:Ignore">
    <p_class=MsoQuote> <a_href="#_ftn1"> <div_id=ftn1> <a_href="#_ftnref1"> <template> <noscript> <textarea> <title>
    · • 1. &nbsp; &amp; &lt; &#0; word Word. “quote” — \u00a0 \u200b \ufeff ' " < > = on_click=x() javascript:x""".split()
).map(lambda piece: piece.replace("_", " "))
MARKUP = st.lists(PIECES | st.sampled_from([" ", "\n", "\n\n", "x"]) | st.text(max_size=3), max_size=25).map(
    "".join
)


@given(MARKUP | st.text())
def test_sanitising_twice_changes_nothing(html: str) -> None:
    once = sanitize_body(html)
    assert sanitize_body(once) == once


@given(MARKUP)
def test_nothing_outside_the_vocabulary_survives(html: str) -> None:
    soup = BeautifulSoup(sanitize_body(html), "html.parser")
    for tag in soup.find_all(True):
        assert tag.name in TAGS
        extra = set(tag.attrs) - ATTRIBUTES.get(tag.name, set())
        assert extra <= {"class"}
        assert set(tag.get("class") or []) <= CLASSES.get(tag.name, set())
        assert re.match(r"(https?://|mailto:|/(?!/)|$)", str(tag.get("href") or ""))
        assert str(tag.get("src") or "/media/").startswith("/media/")
    assert len(soup.select("hr.paywall")) <= 1
    assert not soup.select(
        "p p, li > :first-child:not(p), a a, blockquote blockquote, td p, .footnote .footnote"
    )
