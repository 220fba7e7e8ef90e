"""What may be asked for in an address."""

from datetime import UTC, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Schema
from pydantic import AwareDatetime

from articles.api.problems import INVALID, Mistake, Refused
from articles.api.schemas import AccessLevel, TextForm

SLUG = r"^[-A-Za-z0-9_]{1,200}$"
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
# Far from the ends of what databases can keep, whatever the offset from UTC.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

Slug = Annotated[str, Field(pattern=SLUG)]
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST, examples=["2026-07-01T00:00:00Z"])]


class Paging(Schema):
    """A part of a list."""

    limit: int = Field(20, ge=1, le=100, description="How many at most.")
    cursor: str | None = Field(
        None, max_length=1500, description="From `next`, where the last page ended. Opaque: take it whole."
    )


class Wanted(Paging):
    """Which stories, and in which form."""

    section: Slug | None = Field(None, description="The slug of a section.", examples=["harbours"])
    topic: Slug | None = Field(None, description="The slug of a topic.", examples=["night-trains"])
    author: Slug | None = Field(None, description="The slug of an author.", examples=["ilse-varnhagen"])
    language: str | None = Field(
        None, pattern=LANGUAGE, description="A language; `en` fits `en-GB` too (RFC 4647).", examples=["en"]
    )
    access: AccessLevel | None = Field(None, description="Who may read the whole.", examples=["free"])
    published_since: Moment | None = Field(None, description="Published at this time or later.")
    published_until: Moment | None = Field(None, description="Published before this time.")
    updated_since: Moment | None = Field(None, description="Changed for readers at this time or later.")
    updated_until: Moment | None = Field(None, description="Not changed at this time or later.")
    text: TextForm = Field(TextForm.NONE, description="In which form to give the texts.")


class OneStory(Schema):
    text: TextForm = Field(TextForm.HTML, description="In which form to give the text.")


def refuse_unknown(request: HttpRequest, asked: Schema) -> None:
    """Raise `Refused` for parameters that `asked` does not know: one misspelt would filter nothing."""
    unknown = sorted(request.GET.keys() - type(asked).model_fields.keys())
    if unknown:
        mistakes = [Mistake(parameter=name, message="There is no such parameter.") for name in unknown]
        raise Refused(INVALID, f"Not known here: {', '.join(unknown)}.", mistakes)
