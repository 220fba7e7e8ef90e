"""The model field for an article's text: the editor in forms, sanitised on every write."""

from typing import Any

from django.db import models
from django_prose_editor.fields import ProseEditorField

from articles.editor import BODY_EXTENSIONS
from articles.markup.sanitize import sanitize_body


class BodyField(ProseEditorField):  # type: ignore[misc]  # the library has no types
    """Stored HTML in the body markup. Whatever route a text takes, it is sanitised as it is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", BODY_EXTENSIONS)
        kwargs.setdefault("sanitize", sanitize_body)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = sanitize_body(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, text)
        return text
