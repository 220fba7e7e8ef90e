"""The rich text editor's configuration: what a writer can do, and nothing the stored markup does not hold.

The order of the marks is that of ``markup.document.MARK_ORDER``, so that a text comes out as it went in.
"""

from typing import Any, Final

from js_asset import ImportMap, static_lazy  # type: ignore[import-untyped]

from articles.markup.vocabulary import ATTRIBUTES, CLASSES, TAGS

MENU_GROUPS: Final = [
    {"group": "headings"},
    {"group": "lists"},
    {"group": "quotations"},
    {"group": "marks"},
    {"group": "link"},
    {"group": "insertions"},
    {"group": "table"},
    {"group": "paywall"},
    {"group": "history"},
    {"group": "utility"},
]

BODY_EXTENSIONS: Final[dict[str, Any]] = {
    "Document": True,
    "Paragraph": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Quotation": True,
    "RunOn": True,
    "Picture": True,
    "Embed": True,
    "Table": {"resizable": False},
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "HorizontalRule": True,
    "PaywallDivider": True,
    "HardBreak": True,
    "Footnote": True,
    "Credit": True,
    "Link": {"enableTarget": False, "autolink": False},
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "CleanPaste": True,
    "WordCount": True,
    "SmartQuotes": True,
    "FindReplace": True,
    "HouseStyle": True,
    "KeySheet": True,
    "Accessibility": True,
    "Fullscreen": True,
    "NoSpellCheck": False,
    "Menu": {"groups": MENU_GROUPS},
}
"""The extensions of the body field. Names the editor does not know itself are in ``static/js/prose*.js``."""


def allow_vocabulary(config: Any, shared: dict[str, Any]) -> None:
    """Let the editor's own sanitiser, where somebody uses it, accept what ours does."""
    shared["tags"].update(TAGS)
    for tag, names in ATTRIBUTES.items():
        shared["attributes"].setdefault(tag, set()).update(names)
    for tag, names in CLASSES.items():
        shared.setdefault("allowed_classes", {}).setdefault(tag, set()).update(names)


OWN_EXTENSIONS: Final = {
    "js/prose.js": ("Quotation", "RunOn", "Footnote", "Credit", "Accessibility"),
    "js/prose-paywall.js": ("PaywallDivider",),
    "js/prose-pictures.js": ("Picture",),
    "js/prose-embed.js": ("Embed",),
    "js/prose-link.js": ("Link",),
    "js/prose-paste.js": ("CleanPaste",),
    "js/prose-quotes.js": ("SmartQuotes",),
    "js/prose-count.js": ("WordCount",),
    "js/prose-find.js": ("FindReplace",),
    "js/prose-style.js": ("HouseStyle",),
    "js/prose-keys.js": ("KeySheet",),
}
"""Our scripts, each a module, and what they add. The first also replaces some of the editor's extensions."""

IMPORTED: Final = (
    "prose-page",
    "prose-dialog",
    "prose-insert",
    "prose-offer",
    "prose-library",
    "prose-passages",
    "sitting-form",
    "sitting-page",
    "sitting-news",
    "sitting-server",
    "sitting-drafts",
)
IMPORT_MAP: Final = ImportMap({f"eir/{name}": f"js/{name}.js" for name in IMPORTED})
"""Our modules that others import, by the names to import them by: under hashed file names no path is sure."""

PROSE_EDITOR_EXTENSIONS: Final[list[dict[str, Any]]] = [
    {"js": [static_lazy(path)], "extensions": dict.fromkeys(names, allow_vocabulary)}
    for path, names in OWN_EXTENSIONS.items()
]
"""The setting DJANGO_PROSE_EDITOR_EXTENSIONS."""
