"""What the letter looks like on the wire: headers, parts, both forms, size."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile

from accounts.models import User
from articles.models import Author, Byline, Picture
from newsletters import emails
from newsletters.emails import LetterTooLong, make_message, message_id, render_edition
from newsletters.gateways import _seal
from newsletters.models import Edition, Variant
from newsletters.queries import Recipient
from newsletters.tokens import read_reader_token, read_token
from tests.factories.newsletters import (
    FREE_TEXT,
    FRIDAY,
    PAID_TEXT,
    make_edition,
    make_reader,
    make_section,
    make_story,
    weekly,
)

pytestmark = pytest.mark.django_db
FREE, SUBSCRIBER = Variant.FREE.value, Variant.SUBSCRIBER.value


def make_letter(edition: Edition, *, variant: str = FREE, **reader: Any) -> EmailMessage:
    """The message as it goes over the line, its dots single again."""
    user = make_reader(**reader)
    letter = render_edition(edition, variant=variant, at=FRIDAY)
    recipient = Recipient(user.pk, user.email, user.name, variant)
    data = _seal(make_message(edition, letter, recipient, at=FRIDAY)).data
    data = re.sub(rb"(?m)^\.\.", b".", data.removesuffix(b".\r\n"))
    return message_from_bytes(data, policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_u1_one_unsubscribe_header_with_one_address_and_one_post_header() -> None:
    message = make_letter(make_edition())
    assert len(message.get_all("List-Unsubscribe", [])) == 1
    assert re.fullmatch(r"<https?://[^<>,\s]+>", message["List-Unsubscribe"])
    assert message.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]


def test_u1_the_address_stands_on_the_first_line_of_its_header() -> None:
    edition, user = make_edition(), make_reader()
    letter = render_edition(edition, variant=FREE, at=FRIDAY)
    data = _seal(
        make_message(edition, letter, Recipient(user.pk, user.email, user.name, FREE), at=FRIDAY)
    ).data
    assert re.search(rb"^List-Unsubscribe: <http\S+>\r$", data, re.MULTILINE)


def test_u2_the_address_names_reader_and_letter_without_telling_them(settings: Any) -> None:
    settings.SITE_URL = "https://magazine.example"
    message = make_letter(make_edition(), email="hidden.name@readers.example")
    url = message["List-Unsubscribe"].strip("<>")
    assert url.startswith("https://magazine.example/newsletters/unsubscribe/")
    assert "hidden" not in url
    known = read_token(url.rstrip("/").rpartition("/")[2])
    assert known is not None
    assert (known.user.email, known.newsletter) == ("hidden.name@readers.example", weekly())


def test_b7_the_digest_has_its_own_sender_and_list(settings: Any) -> None:
    message = make_letter(make_edition())
    assert message["From"].addresses[0].addr_spec == settings.DIGEST_FROM_ADDRESS
    assert settings.DIGEST_FROM_ADDRESS != settings.ACCOUNT_FROM_ADDRESS
    assert message["List-Id"] == "The Weekly Digest <weekly.eir.example>"
    assert [message[name] for name in ("Precedence", "Auto-Submitted")] == [None, None]
    assert message["Date"].datetime == FRIDAY


def test_the_list_is_told_by_its_id_whatever_it_is_called() -> None:
    letter = weekly()
    letter.name = "Wöchentlich\r\nBcc: all@example.org"
    letter.save()
    message = make_letter(make_edition())
    assert message["List-Id"] == "Wöchentlich Bcc: all@example.org <weekly.eir.example>"
    assert message["Bcc"] is None


def test_e8_the_message_id_is_the_same_for_the_same_edition_and_reader() -> None:
    edition, other = make_edition(), make_edition(day=(FRIDAY + timedelta(days=7)).date())
    same = [message_id(edition, "a@readers.example") for _ in range(2)]
    assert same[0] == same[1]
    ids = {same[0], message_id(edition, "b@readers.example"), message_id(other, "a@readers.example")}
    assert len(ids) == 3
    assert re.fullmatch(r"<weekly\.20261120\.[0-9a-f]{32}@eir\.example>", same[0])


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_e7_the_free_copy_holds_no_paid_text(kind: str) -> None:
    edition = make_edition(make_story(), make_story())
    free, paid = make_letter(edition), make_letter(edition, variant=SUBSCRIBER)
    free_words, paid_words = (" ".join(part(message, kind).split()) for message in (free, paid))
    assert (free_words.count(FREE_TEXT), free_words.count(PAID_TEXT)) == (2, 0)
    assert (paid_words.count(FREE_TEXT), paid_words.count(PAID_TEXT)) == (2, 2)


def test_the_free_copy_says_once_calmly_what_a_subscription_opens() -> None:
    edition = make_edition(make_story(), make_story())
    assert part(make_letter(edition), "plain").count("/subscribe/") == 1
    assert part(make_letter(edition, variant=SUBSCRIBER), "plain").count("/subscribe/") == 0


def test_w5_an_embargoed_story_is_not_in_the_letter() -> None:
    embargoed = make_story("Sealed until Sunday", embargo_until=FRIDAY + timedelta(days=2))
    message = make_letter(make_edition(make_story("Open to all"), embargoed), variant=SUBSCRIBER)
    assert [part(message, kind).count("Sealed until Sunday") for kind in ("plain", "html")] == [0, 0]
    assert part(message, "html").count("Open to all") == 1


def test_a10_the_html_has_a_language_one_heading_alt_texts_and_an_order() -> None:
    picture = Picture.objects.create(alt="A weir at “dawn” & fog", width=1600, height=1000)
    picture.file.save("weir.jpg", ContentFile(b"not read"), save=False)
    Picture.objects.filter(pk=picture.pk).update(file=picture.file.name)
    stories = [make_story(lead_picture=picture), make_story(), make_story(section=make_section("Science", 2))]
    soup = BeautifulSoup(part(make_letter(make_edition(*stories)), "html"), "html.parser")
    assert [tag["lang"] for tag in soup.find_all("html")] == ["en"]
    assert [tag.get_text(strip=True) for tag in soup.find_all("h1")] == ["The Weekly Digest"]
    assert [image["alt"] for image in soup.find_all("img")] == ["A weir at “dawn” & fog"]
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels == [1, 2, 2, 3, 2, 3, 2]


def test_every_address_in_the_letter_is_absolute_and_of_this_site(settings: Any) -> None:
    settings.SITE_URL = "https://magazine.example"
    html = part(make_letter(make_edition(make_story(), make_story())), "html")
    addresses = re.findall(r"(?:href|src)=\"([^\"]+)\"|url\(([^)]+)\)", html)
    strangers = {
        one or two for one, two in addresses if not (one or two).startswith("https://magazine.example/")
    }
    assert strangers == {f"mailto:{settings.PUBLICATION['help_address']}"}


def test_b6_both_parts_hold_the_postal_address_and_the_way_out(settings: Any) -> None:
    message = make_letter(make_edition())
    url = message["List-Unsubscribe"].strip("<>")
    for kind in ("plain", "html"):
        words = " ".join(part(message, kind).split())
        assert settings.PUBLICATION["postal_address"] in words
        assert url in words
        [own] = set(re.findall(r"https?://\S+?/newsletters/preferences/([^/\s\"]+)/", words))
        assert read_reader_token(own) == User.objects.get(email=message["To"].addresses[0].addr_spec)


def test_b5_a_letter_that_mail_programs_would_cut_off_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = make_edition(*(make_story() for _ in range(20)))
    size = len(render_edition(edition, variant=SUBSCRIBER, at=FRIDAY).html.encode())
    assert size < emails.LARGEST_HTML == 100_000
    monkeypatch.setattr(emails, "LARGEST_HTML", size - 1)
    with pytest.raises(LetterTooLong):
        render_edition(edition, variant=SUBSCRIBER, at=FRIDAY)


def test_the_text_part_is_written_as_text() -> None:
    story = make_story("A headline with <angles> & signs", standfirst="Word " * 30)
    byline = Author.objects.create(name="Ines Carvalho-Dunn", slug="ines")
    Byline.objects.create(article=story, author=byline)
    text = part(make_letter(make_edition(story), name="Ada O’Neill"), "plain")
    lines = text.splitlines()
    assert max(len(line) for line in lines if "http" not in line) <= 70
    assert lines[:2] == ["THE WEEKLY DIGEST", "================="]
    assert "Dear Ada O’Neill," in lines
    assert "A HEADLINE WITH <ANGLES> & SIGNS" in lines
    assert "Ines Carvalho-Dunn | 2 minutes | for subscribers" in lines
    assert "\n\n\n" not in text


def test_a_readers_name_cannot_write_html_or_headers() -> None:
    message = make_letter(make_edition(), name="<b>Eve</b> @@unsubscribe_url@@\r\nBcc: all@readers.example")
    assert message["Bcc"] is None
    soup = BeautifulSoup(part(message, "html"), "html.parser")
    greeting = "Dear <b>Eve</b> @@unsubscribe_url@@ Bcc: all@readers.example,"
    assert soup.find(string=re.compile("^Dear")) == greeting
