"""A story outside its page: as a Markdown file, and as a sheet to print. Gated as the page is."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from articles.byline import byline_text
from articles.dateline import dateline_html, dateline_text, run_in
from articles.markup.markdown import SEPARATOR, escape_text, link_to, to_markdown
from articles.markup.outside import with_whole_addresses
from articles.markup.render import FindPicture, ImageSource, render_body
from articles.models import Article, Correction
from articles.paywall import Reading, Verdict
from articles.queries import pictures_in
from articles.structured import canonical_address, picture_address


def plans_address(story: Article, reading: Reading) -> str:
    """The absolute address of the plans, which lead back to the story."""
    asked = urlencode({"next": story.get_absolute_url(), "wall": reading.decision.verdict})
    return f"{settings.SITE_URL}{reverse('plans')}?{asked}"


def story_markdown(story: Article, reading: Reading) -> str:
    """The story as a file: what stands over the text, what was granted of it, and what was corrected."""
    text = with_whole_addresses(reading.text, site=settings.SITE_URL)
    parts = [
        f"# {escape_text(_line(story.headline))}",
        escape_text(_line(story.standfirst)),
        f"By {escape_text(names)}" if (names := byline_text(story)) else "",
        escape_text(" · ".join(_dates(story))),
        f"<{canonical_address(story)}>",
        "___",
        _lead_picture(story),
        to_markdown(text, picture=_whole(pictures_in(text)), opening=dateline_text(story)),
        "" if reading.is_whole else f"___\n\n{_wall(story, reading)}",
        *_corrections(list(story.corrections.all())),
    ]
    return SEPARATOR.join(filter(None, parts)) + "\n"


def print_page(story: Article, reading: Reading) -> dict[str, Any]:
    """The template's context of the sheet; links to pages of ours are whole addresses, for paper."""
    return {
        "article": story,
        "reading": reading,
        "body": _printed(story, with_whole_addresses(reading.text, site=settings.SITE_URL)),
        "corrections": story.corrections.all(),
        "canonical": canonical_address(story),
        "plans_address": plans_address(story, reading),
    }


def _printed(story: Article, text: str) -> SafeString:
    html = render_body(text, picture=pictures_in(text))
    # Paper does not scroll: what is only loaded when it comes into view would stay empty.
    html = html.replace(' loading="lazy"', "")
    return mark_safe(run_in(dateline_html(story), html))  # noqa: S308 (rendering escapes every text)


def _line(text: str) -> str:
    return " ".join(text.split())


def _dates(story: Article) -> list[str]:
    published_at = story.first_published_at or story.published_at
    dates = [story.section.name]
    if published_at:
        dates.append(date_format(localtime(published_at), "F j, Y"))
    if story.updated_at and published_at and story.updated_at > published_at:
        dates.append(f"Updated {_moment(story.updated_at)}")
    return dates


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "F j, Y, g:i a T")


def _lead_picture(story: Article) -> str:
    picture = story.lead_picture
    if picture is None:
        return ""
    caption = " — ".join(filter(None, (picture.caption, picture.credit)))
    image = f"!{link_to(picture_address(story), escape_text(_line(picture.alt)))}"
    return f"{image}\\\n{escape_text(_line(caption))}" if caption else image


def _whole(find: FindPicture) -> FindPicture:
    """The same pictures under absolute addresses."""

    def found(key: str) -> ImageSource | None:
        known = find(key)
        if known is None:
            return ImageSource(settings.SITE_URL + key, 0, 0) if key.startswith("/") else None
        return replace(known, url=settings.SITE_URL + known.url)

    return found


def _wall(story: Article, reading: Reading) -> str:
    """Why the text ends here, and what opens the rest."""
    page, back = settings.SITE_URL + story.get_absolute_url(), urlencode({"next": story.get_absolute_url()})
    ways = [link_to(plans_address(story, reading), "See the plans")]
    if reading.decision.verdict is Verdict.TEASER:
        ways.insert(0, link_to(page, "Open it on its page"))
    if reading.decision.verdict is Verdict.REGISTER:
        signup = f"{settings.SITE_URL}{reverse('account_signup')}?{back}"
        ways.insert(0, link_to(signup, "Create a free account"))
    return f"{escape_text(reading.decision.reason)} {' or '.join(ways)}."


def _corrections(corrections: list[Correction]) -> list[str]:
    if not corrections:
        return []
    parts = ["## Correction" if len(corrections) == 1 else "## Corrections"]
    for correction in corrections:
        paragraphs = filter(None, map(_line, correction.notice.split("\n\n")))
        parts += [
            *map(escape_text, paragraphs),
            escape_text(f"{_moment(correction.at)} · {correction.signature}"),
        ]
    return parts
