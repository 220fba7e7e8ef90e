"""The model field for an article's text: the editor in forms, sanitised on every write."""

from typing import Any

from django import forms
from django.db import models
from django_prose_editor.fields import ProseEditorField
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import Media  # type: ignore[import-untyped]

from articles.editor import BODY_EXTENSIONS, IMPORT_MAP
from articles.markup.sanitize import sanitize_body


class BodyWidget(AdminProseEditorWidget):  # type: ignore[misc]  # the library has no types
    """The editor with the text set as on the page."""

    @property
    def media(self) -> forms.Media:
        ours = Media(css={"all": ["css/prose.css", "css/prose-tools.css"]}, importmap=IMPORT_MAP)
        media: forms.Media = super().media + ours
        return media


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

    def formfield(self, **kwargs: Any) -> forms.Field:
        """The admin would pass its own text area; the text always gets the editor."""
        return super().formfield(**(kwargs | {"widget": BodyWidget}))  # type: ignore[no-any-return]
