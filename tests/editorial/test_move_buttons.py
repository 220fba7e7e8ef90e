"""The buttons above a story work for those too who may move it but not change its text."""

import re

import pytest
from django.test import Client

from accounts.roles import WRITER
from articles.models import Article, State
from tests.factories.desk import person, story

pytestmark = pytest.mark.django_db


def test_a_writer_takes_a_story_back_from_its_page() -> None:
    article = story(State.IN_REVIEW)
    client = Client()
    client.force_login(person(WRITER))
    page = client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    [button] = re.findall(r'<button[^>]* value="recall"[^>]*>', page)
    [address] = re.findall(r'formaction="([^"]+)"', button)
    inside = page.partition('id="article_form"')[2].partition(button)[0]
    assert ("<form" in inside, "</form>" in inside) == (False, False)  # a form within a form would end it
    client.post(address, {"_move": "recall"})
    assert Article.objects.get(pk=article.pk).state == State.DRAFT
