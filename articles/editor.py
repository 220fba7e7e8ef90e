"""The rich text editor's configuration."""

from typing import Any

BODY_EXTENSIONS: dict[str, Any] = {"Bold": True, "Italic": True, "Link": True}
PROSE_EDITOR_EXTENSIONS: list[dict[str, Any]] = []
