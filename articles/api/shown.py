"""Rows as the API shows them. Text comes through the paywall's door, never past it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from articles import models
from articles.api import schemas
from articles.api.schemas import TextForm
from articles.feeds import CHOICE_OF_FILES, OWN_ADDRESS, story_guid
from articles.markup.lead import plain_text
from articles.markup.render import FindPicture
from articles.paywall import Decision, Reader, Reading, decide, read
from articles.pictures import image_source
from articles.queries import pictures_in
from articles.story import body_html
from articles.structured import canonical_address


@dataclass(frozen=True)
class Shown:
    """How stories are shown to one reader at one moment."""

    reader: Reader
    form: TextForm
    at: datetime

    def stories(self, stories: Iterable[models.Article]) -> list[schemas.Story]:
        """The stories with what the reader may have of each; one query for the pictures of all texts."""
        if self.form is TextForm.NONE:
            return [self._story(story, self._decision(story), None) for story in stories]
        readings = [(story, read(story, self.reader, at=self.at)) for story in stories]
        picture = pictures_in("".join(reading.text for _, reading in readings))
        return [
            self._story(story, reading.decision, self._text(story, reading, picture))
            for story, reading in readings
        ]

    def _decision(self, story: models.Article) -> Decision:
        return decide(story=story.pk, ruling=story.ruling(at=self.at), reader=self.reader, at=self.at)

    def _text(self, story: models.Article, reading: Reading, picture: FindPicture) -> schemas.Text:
        text = schemas.Text(html=None, plain=None)
        if self.form is not TextForm.PLAIN:
            text.html = portable(body_html(story, reading, picture=picture))
        if self.form is not TextForm.HTML:
            text.plain = plain_text(reading.text)
        return text

    def _story(self, story: models.Article, decision: Decision, text: schemas.Text | None) -> schemas.Story:
        published_at = story.published_at or self.at
        return schemas.Story(
            id=story_guid(story),
            slug=story.slug,
            url=canonical_address(story),
            api_url=story_address(story),
            headline=story.headline,
            standfirst=story.standfirst,
            language=story.language,
            section=section(story.section),
            topics=[topic(found) for found in story.topics.all()],
            authors=[credit(found) for found in story.credited_authors],
            picture=picture_of(story),
            published_at=published_at,
            first_published_at=story.first_published_at or published_at,
            updated_at=max(filter(None, (story.updated_at, published_at, story.embargo_until))),
            word_count=story.word_count,
            access=schemas.AccessLevel(story.ruling(at=self.at).access),
            is_whole=decision.is_allowed,
            decision=told(decision),
            text=text,
            corrections=[schemas.Notice(**notice(found)) for found in story.corrections.all()],
        )


def portable(html: str) -> str:
    """Page HTML for use elsewhere: every address absolute, one file for each picture."""
    return OWN_ADDRESS.sub(rf'\1="{settings.SITE_URL}/', CHOICE_OF_FILES.sub("", html))


def told(decision: Decision) -> schemas.Decision:
    plans = None if decision.is_allowed else settings.SITE_URL + reverse("plans")
    return schemas.Decision(verdict=decision.verdict, reason=decision.reason, plans_url=plans)


def story_address(story: models.Article) -> str:
    """The story in the API."""
    return settings.SITE_URL + reverse("api_story", args=(story.slug,))


def section(found: models.Section) -> schemas.Section:
    return schemas.Section(**_filed_under(found))


def topic(found: models.Topic) -> schemas.Topic:
    return schemas.Topic(**_filed_under(found))


def credit(found: models.Author) -> schemas.Credit:
    return schemas.Credit(name=found.name, slug=found.slug, role=found.role, url=_page_of(found))


def author(found: models.Author) -> schemas.Author:
    return schemas.Author(**credit(found).model_dump(), bio=found.bio)


def picture_of(story: models.Article) -> schemas.Picture | None:
    """The picture that leads the story, as the one file that every program can show."""
    picture = story.lead_picture
    if picture is None:
        return None
    source = image_source(picture)
    return schemas.Picture(
        url=settings.SITE_URL + source.url,
        alt=picture.alt,
        caption=picture.caption,
        credit=picture.credit,
        width=source.width or None,
        height=source.height or None,
    )


def correction(found: models.Correction, *, is_readable: bool) -> schemas.Correction:
    """A notice; of a story that is no longer public it tells nothing else."""
    story = found.article
    about = schemas.Corrected(
        slug=story.slug, headline=story.headline, url=canonical_address(story), api_url=story_address(story)
    )
    return schemas.Correction(**notice(found), story=about if is_readable else None)


def notice(found: models.Correction) -> dict[str, Any]:
    return {"notice": found.notice, "signed": found.signature, "at": found.at}


def _filed_under(found: models.Section | models.Topic) -> dict[str, str]:
    return {
        "name": found.name,
        "slug": found.slug,
        "description": found.description,
        "url": _page_of(found),
    }


def _page_of(found: models.Section | models.Topic | models.Author) -> str:
    return settings.SITE_URL + found.get_absolute_url()
