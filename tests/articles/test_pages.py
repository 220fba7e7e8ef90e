"""Standing pages, and the pages shown when something is not right."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from pytest_django import Settings

from eir.middleware import maintenance
from eir.urls import healthz
from tests.factories.articles import PageFactory, PictureFactory

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.django_db
def test_a_standing_page_stands_at_its_word_and_in_the_footer(client: Client) -> None:
    PageFactory.create(slug="about", title="About Us", text="<p>We print on Fridays.</p>")
    PageFactory.create(slug="unlisted", title="Not Listed", in_footer=False)
    page = client.get("/about/").content.decode()
    assert "<p>We print on Fridays.</p>" in page
    assert '<a href="/about/">About Us</a>' in page
    assert "Not Listed" not in page
    assert client.get("/unlisted/").status_code == 200


@pytest.mark.django_db
def test_a_standing_page_shows_pictures_of_the_library(client: Client) -> None:
    picture = PictureFactory.create()
    PageFactory.create(
        slug="about", text=f'<figure><img data-picture="{picture.pk}" alt="Our house"></figure>'
    )
    assert f'<img src="{picture.file.url}" alt="Our house"' in client.get("/about/").content.decode()


@pytest.mark.django_db
def test_an_unknown_address_is_answered_in_the_sites_own_voice(client: Client) -> None:
    page = client.get("/no-such-page/")
    assert page.status_code == 404
    assert "There is no page at this address" in page.content.decode()
    assert page.cookies == {}


def test_the_page_of_a_fault_needs_nothing() -> None:
    assert "Something went wrong on our side" in render_to_string("500.html")


def test_maintenance_needs_no_database(settings: Settings) -> None:
    settings.MAINTENANCE = True
    closed = maintenance(healthz)(RequestFactory().get("/"))
    assert (closed.status_code, closed["Retry-After"]) == (503, "600")
    assert "Executive Intelligence Review" in closed.content.decode()
    assert maintenance(healthz)(RequestFactory().get("/healthz")).status_code == 200


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_kindly() -> None:
    page = Client(enforce_csrf_checks=True).post("/subscribe/checkout/")
    assert page.status_code == 403
    assert "Please send the form once more" in page.content.decode()
