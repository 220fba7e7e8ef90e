"""What stored text may hold, and what we can read on the way there."""

from typing import Final

# fmt: off
TAGS: Final = frozenset({
    "h2", "h3", "p", "ul", "ol", "li", "blockquote", "figure", "img", "figcaption", "div", "table",
    "tbody", "tr", "th", "td", "hr", "strong", "em", "s", "sub", "sup", "a", "br", "span",
})
"""The elements of stored text."""

ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "data-picture"},
    "ol": {"start"},
}
CLASSES: Final = {
    "p": {"runon"},
    "blockquote": {"display"},
    "div": {"embed"},
    "hr": {"paywall"},
    "span": {"footnote", "credit"},
}
SCHEMES: Final = frozenset({"http", "https", "mailto"})

INLINE: Final = {
    "strong": "strong", "b": "strong", "em": "em", "i": "em", "s": "s", "strike": "s", "del": "s",
    "sub": "sub", "sup": "sup",
}
"""Elements read as marks, and the mark each becomes."""

TRANSPARENT: Final = frozenset({
    "span", "font", "u", "ins", "code", "kbd", "samp", "small", "big", "mark", "abbr", "cite", "dfn",
    "var", "time", "tt", "q", "label",
})
"""Inline elements that give up their text."""

BLOCKS: Final = frozenset({
    "address", "article", "aside", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "footer", "form", "header", "main", "p", "pre", "section", "summary", "h1", "h2", "h3",
    "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "figure", "img", "table", "thead", "tbody", "tfoot",
    "tr", "th", "td", "hr",
})
"""Elements that end the paragraph before them."""

UNWANTED: Final = frozenset({
    "script", "style", "head", "title", "template", "noscript", "xml", "svg", "math", "iframe", "object",
    "embed", "applet", "audio", "video", "canvas", "nav", "button", "select", "textarea", "datalist",
    "dialog", "map",
})
"""Elements that go with all they hold."""

READABLE: Final = {
    "*": {"class", "style", "id", "name"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "data-picture"},
    "ol": {"start"},
}
"""Attributes looked at in reading; few are stored."""
# fmt: on
