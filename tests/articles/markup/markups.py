"""Random stored texts and random edits of them, for the property tests of what works on two or more."""

import re

from hypothesis import strategies as st

from articles.markup.sanitize import sanitize_body

WORD = st.sampled_from("quay tide ferry pilot the a of said mate’s harbour-master 7 men".split())
PLAIN = st.lists(WORD, min_size=1, max_size=9).map(" ".join)
INLINE = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "{}",
                "<strong>{}</strong>",
                '<a href="/a">{}</a>',
                '<a href="/b">{}</a>',
                '<span class="footnote">{}</span>',
                "<em>{}</em>,",
                "<br>{}.",
            ]
        ),
        PLAIN,
    ).map(lambda pair: pair[0].format(pair[1])),
    min_size=1,
    max_size=3,
).map(" ".join)
PARAGRAPH = INLINE.map("<p>{}</p>".format)
CELL = st.sampled_from(["<td>{}</td>", "<th>{}</th>"]).flatmap(
    lambda tag: (INLINE | st.just("")).map(tag.format)
)
ROWS = st.lists(
    st.lists(CELL, min_size=1, max_size=3).map(lambda cells: f"<tr>{''.join(cells)}</tr>"), max_size=3
).map("".join)


def _listed(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    gathered = st.lists(items.map("<li>{}</li>".format), min_size=1, max_size=3).map("".join)
    tags = st.sampled_from(["<ul>{}</ul>", "<ol>{}</ol>", '<ol start="4">{}</ol>'])
    return st.builds(str.format, tags, gathered)


LIST = _listed(PARAGRAPH | st.builds("{}{}".format, PARAGRAPH, _listed(PARAGRAPH)))
BLOCK = st.one_of(
    PARAGRAPH,
    PARAGRAPH,
    st.builds(
        str.format,
        st.sampled_from(
            [
                '<p class="runon">{}</p>',
                "<h2>{}</h2>",
                "<h3>{}</h3>",
                "<blockquote><p>{}</p></blockquote>",
                '<blockquote class="display"><p>{}</p></blockquote>',
                '<figure><img src="/media/a.jpg" alt="A"><figcaption>{}</figcaption></figure>',
                '<figure><img src="/media/b.jpg" width="3" alt=""><figcaption>{}</figcaption></figure>',
            ]
        ),
        INLINE,
    ),
    st.builds(
        '<div class="embed"><a href="https://e.example/{}">{}</a></div>'.format, st.sampled_from("xy"), PLAIN
    ),
    st.builds('<figure><img data-picture="{}" alt="{}"></figure>'.format, st.sampled_from("12"), PLAIN),
    LIST,
    ROWS.map("<table><tbody>{}</tbody></table>".format),
    st.sampled_from(["<hr>", '<hr class="paywall">']),
)
BODY = st.lists(BLOCK, max_size=6).map(lambda blocks: sanitize_body("".join(blocks)))


@st.composite
def edited(draw: st.DrawFn, body: str, word: str = "new") -> str:
    """The body with words, marks and blocks changed at random, and ``word`` put in here and there."""
    pieces = re.findall(r"<[^>]+>|[^<\s]+|\s", body)
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(pieces)))
        length = draw(st.integers(0, 3))
        new = draw(
            st.sampled_from(["", "", f" {word} ", "<p>", "</p><p>", "<strong>", "</strong>", "<h2>"]) | BLOCK
        )
        pieces[start : start + length] = [new]
    return sanitize_body("".join(pieces))


TWO_BODIES = BODY.flatmap(lambda body: st.tuples(st.just(body), edited(body) | BODY))
THREE_BODIES = BODY.flatmap(lambda body: st.tuples(st.just(body), edited(body, "my"), edited(body, "their")))
