"""The page where an unsaved text and the latest saved one become one."""

import re
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from accounts.queries import signed_in_user
from articles.markup.compare import compare_bodies, compare_line
from articles.markup.merge import Chunk, Kind
from articles.markup.render import render_body
from articles.models import Article, Section
from articles.queries import pictures_in
from editorial.actions import CannotSave, discard_sitting, save_draft
from editorial.content import PLAIN, Content, content_at, head_content, overlay
from editorial.forms import ArticleForm
from editorial.merging import Line, Merge, Passage, bring_together
from editorial.models import Revision, Sitting
from editorial.numbers import whole_number
from editorial.queries import can_edit
from editorial.queries.sittings import NAMED, is_saved, names_in
from editorial.typed import BODY, Typed
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page

TAGS_WITH_ANCHORS = re.compile(r"<(?:a|li|h\d)\b[^>]*>")
ANCHOR = re.compile(r'\b(id="|href="#)')

TextForm = forms.modelform_factory(
    Article,
    form=ArticleForm,
    fields=[name for name in (*PLAIN, "section", "topics", "lead_picture") if name != BODY] + [BODY],
)
"""The story's form without what is no text: who may read it, and where it stands."""


@dataclass(frozen=True)
class Shown:
    """A passage in the set text: one text, or what each side made of it."""

    passage: Passage
    text: SafeString
    mine: SafeString
    theirs: SafeString


@dataclass(frozen=True)
class ShownLine:
    """A field of both sides, as the words that came and went since both began."""

    line: Line
    label: str
    mine: SafeString
    theirs: SafeString
    errors: list[str]


@desk_page("articles.view_article")
def merge(request: HttpRequest, pk: int, sitting_pk: int) -> HttpResponse:
    """Show one's own unsaved text beside the latest one and save what is made of both (rule W4).

    The shadow draft stays until the merged text is saved. If another text was saved while somebody was
    choosing, the page comes again with the choices that still make sense.
    """
    story = story_at_desk(request, pk)
    by = signed_in_user(request)
    sitting = get_object_or_404(story.sittings, pk=sitting_pk, user=by, content__isnull=False)
    made = _bring(request, story, sitting)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        errors = _save(request, story, sitting, made, by=by, at=timezone.now())
        if not errors:
            messages.success(request, "The merged text is saved.")
            page = reverse("admin:articles_article_change", args=(pk,))
            return redirect(f"{page}?{urlencode({'merged': sitting.tab})}")  # for the copy in the browser
        story = story_at_desk(request, pk)
        made = _bring(request, story, sitting)
    status = 409 if errors else 200
    return render(
        request, "editorial/merge.html", _context(request, story, sitting, made, errors), status=status
    )


def _bring(request: HttpRequest, story: Article, sitting: Sitting) -> Merge:
    return bring_together(_base(story, sitting), sitting.content or {}, head_content(story), request.POST)


def _base(story: Article, sitting: Sitting) -> Content:
    """The text both began with; where nobody knows it any more, all that differs is to be chosen."""
    try:
        return content_at(story, sitting.base)
    except Revision.DoesNotExist:
        return Content()


def _save(
    request: HttpRequest, story: Article, sitting: Sitting, made: Merge, *, by: User, at: datetime
) -> dict[str, list[str]]:
    """Save the merged text and forget the shadow draft; or say what speaks against it, by field."""
    if request.POST.get("latest") != str(story.version):
        return {"": ["Another text was saved meanwhile. Your choices are kept; look at what is new."]}
    if made.open_lines:
        return {name: ["Choose one of the two."] for name in made.open_lines}
    form = TextForm(_as_data(made.result), instance=overlay(story, head_content(story)))
    assert isinstance(form, ArticleForm)
    if not form.is_valid():
        return {name: [str(error) for error in errors] for name, errors in form.errors.items()}
    try:
        save_draft(
            article=story, content=form.content(), by=by, at=at, base=story.version, note="merged two edits"
        )
    except CannotSave as refused:
        return {"": [f"{refused} What you typed is kept here."]}
    discard_sitting(sitting=sitting)
    return {}


def _as_data(typed: Typed) -> MultiValueDict[str, str]:
    return MultiValueDict({name: list(values) for name, values in typed.items()})


def _context(
    request: HttpRequest, story: Article, sitting: Sitting, made: Merge, errors: dict[str, list[str]]
) -> dict[str, object]:
    return desk_context(
        request,
        f"Bring two texts together: {story}",
        story=story,
        sitting=sitting,
        merge=made,
        latest=story.revisions.filter(number=story.version).first(),
        is_old=sitting.base != story.version,
        may_edit=can_edit(story, signed_in_user(request)),
        has_news=not is_saved(story, sitting.user, sitting.base, sitting.content or {}),
        errors=errors,
        lines=[_shown_line(line, errors) for line in made.lines],
        passages=_shown(made.passages),
    )


def _shown(passages: tuple[Passage, ...]) -> list[Shown]:
    """Unchanged passages in a row are one, so that they can be folded away."""
    shown: list[Shown] = []
    for number, passage in enumerate(_folded(passages)):
        chunk, place = passage.chunk, f"p{number}"
        if chunk.kind == Kind.CONFLICT:
            mine = _compared(chunk.base, chunk.mine, f"{place}m")
            theirs = _compared(chunk.base, chunk.theirs, f"{place}t")
            shown.append(Shown(passage, SafeString(), mine, theirs))
        else:
            text = _set(chunk.mine, place) if chunk.kind == Kind.SAME else None
            text = text if text is not None else _compared(chunk.base, chunk.result(), place)
            shown.append(Shown(passage, text, SafeString(), SafeString()))
    return shown


def _folded(passages: tuple[Passage, ...]) -> list[Passage]:
    folded: list[Passage] = []
    for passage in passages:
        kind = passage.chunk.kind
        if kind == Kind.SAME and folded and folded[-1].chunk.kind == Kind.SAME:
            text = folded[-1].chunk.mine + passage.chunk.mine
            folded[-1] = Passage(Chunk(Kind.SAME, text, text, text))
        else:
            folded.append(passage)
    return folded


def _set(text: str, place: str) -> SafeString:
    return _apart(render_body(text, picture=pictures_in(text)), place)


def _compared(old: str, new: str, place: str) -> SafeString:
    return _apart(compare_bodies(old, new, picture=pictures_in(old + new)), place)


def _apart(html: str, place: str) -> SafeString:
    """The page has many small texts: the anchors of each get a name of their own."""
    html = TAGS_WITH_ANCHORS.sub(lambda tag: ANCHOR.sub(rf"\1{place}-", tag[0]), html)
    return mark_safe(html)  # noqa: S308 (rendering and comparing escape every text)


def _shown_line(line: Line, errors: dict[str, list[str]]) -> ShownLine:
    field = TextForm.base_fields.get(line.name)
    label = str(field.label if field and field.label else line.name.replace("_", " ")).capitalize()
    base, mine, theirs = (_said(line.name, values) for values in (line.base, line.mine, line.theirs))
    return ShownLine(
        line, label, _line_changes(base, mine), _line_changes(base, theirs), errors.get(line.name, [])
    )


def _line_changes(base: str, text: str) -> SafeString:
    return mark_safe(compare_line(base, text) or "<em>nothing</em>")  # noqa: S308 (comparing escapes)


def _said(name: str, values: list[str]) -> str:
    """The value as people read it: rows by what they are called."""
    if name == "section":
        found = Section.objects.filter(pk__in=[value for value in values if whole_number(value)]).first()
        return str(found or "")
    if name in NAMED:
        names = names_in({name: values})[name]
        return ", ".join(names.get(value, f"no. {value}") for value in values if value)
    return values[0] if values else ""
