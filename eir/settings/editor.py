"""The rich text editor's own extensions."""

from articles.editor import PROSE_EDITOR_EXTENSIONS

DJANGO_PROSE_EDITOR_EXTENSIONS = PROSE_EDITOR_EXTENSIONS
