"""Institutions: by network, by e-mail domain, and what staff change about them."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry, User
from subscriptions.actions.institutions import follow_domains, follow_institution
from subscriptions.models import Institution, InstitutionDomain, InstitutionNetwork, Source
from subscriptions.models.institution import network_of
from subscriptions.queries import GrantFact, grants_of, rights_of
from tests.factories.articles import PAID_TEXT, ArticleFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = timedelta(days=1)


def by_network(address: str, *, at: datetime) -> tuple[GrantFact, ...]:
    return rights_of(AnonymousUser(), address=address, at=at).current


@pytest.fixture
def library() -> Institution:
    library = Institution.objects.create(
        name="Harrow Library", starts_at=NOW - 9 * DAY, ends_at=NOW + 9 * DAY
    )
    InstitutionNetwork.objects.create(institution=library, cidr="192.0.2.0/25")
    InstitutionNetwork.objects.create(institution=library, cidr="2001:db8:7::/48")
    InstitutionDomain.objects.create(institution=library, domain="harrow.example")
    return library


def person(email: str, *, is_proved: bool = True) -> User:
    user = User.objects.create_user(email)
    EmailAddress.objects.create(user=user, email=email, verified=is_proved, primary=True)
    return user


def reasons(user: User, at: datetime = NOW) -> list[str]:
    return [fact.reason for fact in grants_of(user, at=at)]


@pytest.mark.parametrize("text", ["10.0.0.0/16", "192.0.2.7/32", "2001:db8::/32", "2001:db8::1/128"])
def test_ranges_up_to_the_widest_are_taken(text: str) -> None:
    assert str(network_of(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.0/15",
        "0.0.0.0/0",
        "2001:d00::/31",
        "::/0",
        "192.0.2.1/24",
        "harrow.example",
        "",
        "192.0.2.0-9",
    ],
)
def test_a_range_too_wide_or_not_a_range_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        network_of(text)


@pytest.mark.parametrize(
    ("address", "reads"),
    [
        ("192.0.2.0", True),
        ("192.0.2.127", True),
        ("192.0.2.128", False),
        ("192.0.1.255", False),
        ("::ffff:192.0.2.5", True),
        ("2001:db8:7:ffff::1", True),
        ("2001:db8:8::", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_a_network_reads_from_its_first_address_to_its_last(
    library: Institution, address: str, reads: bool
) -> None:
    assert bool(by_network(address, at=NOW)) is reads


def test_a_network_reads_while_the_contract_runs(library: Institution) -> None:
    moments = (NOW - 9 * DAY - DAY, NOW - 9 * DAY, NOW, NOW + 9 * DAY)
    assert [bool(by_network("192.0.2.1", at=at)) for at in moments] == [False, True, True, False]
    Institution.objects.update(is_active=False)
    assert by_network("192.0.2.1", at=NOW) == ()


def test_a_story_is_whole_within_the_network_and_kept_by_no_cache(
    library: Institution, client: Client
) -> None:
    story = ArticleFactory.create()
    inside = client.get(story.get_absolute_url(), REMOTE_ADDR="192.0.2.9")
    outside = client.get(story.get_absolute_url(), REMOTE_ADDR="192.0.2.200")
    assert (PAID_TEXT in inside.content.decode(), PAID_TEXT in outside.content.decode()) == (True, False)
    assert "Access provided by Harrow Library." in inside.content.decode()
    assert (inside["Cache-Control"], "public" in outside["Cache-Control"]) == ("private, no-store", True)


def test_an_address_that_a_stranger_claims_in_a_header_opens_nothing(
    library: Institution, client: Client, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    story = ArticleFactory.create()
    page = client.get(story.get_absolute_url(), HTTP_X_FORWARDED_FOR="192.0.2.9", REMOTE_ADDR="198.51.100.1")
    assert PAID_TEXT not in page.content.decode()


def test_a_proved_address_of_the_domain_reads_everywhere_until_the_contract_ends(
    library: Institution,
) -> None:
    reader = person("ilse@harrow.example")
    follow_domains(user=reader, at=NOW)
    follow_domains(user=reader, at=NOW)
    assert reasons(reader) == ["Access provided by Harrow Library."]
    assert reasons(reader, NOW + 9 * DAY) == []


@pytest.mark.parametrize(
    "email", ["ilse@students.harrow.example", "ilse@notharrow.example", "harrow.example@elsewhere.example"]
)
def test_another_domain_gets_nothing(library: Institution, email: str) -> None:
    reader = person(email)
    follow_domains(user=reader, at=NOW)
    assert reasons(reader) == []


def test_an_address_that_is_not_proved_gets_nothing(library: Institution) -> None:
    reader = person("ilse@harrow.example", is_proved=False)
    follow_domains(user=reader, at=NOW)
    follow_institution(institution=library, by=None, at=NOW)
    assert reasons(reader) == []


def test_signing_in_takes_up_what_the_domain_gives(library: Institution, client: Client) -> None:
    reader = person("ilse@harrow.example")
    client.force_login(reader)
    assert reasons(reader, timezone.now()) == ["Access provided by Harrow Library."]


def test_leaving_the_domain_ends_it_at_the_next_sign_in(library: Institution) -> None:
    reader = person("ilse@harrow.example")
    follow_domains(user=reader, at=NOW)
    EmailAddress.objects.update(email="ilse@elsewhere.example")
    follow_domains(user=reader, at=NOW + DAY)
    assert reasons(reader, NOW + DAY) == []


def test_what_staff_change_holds_for_readers_old_and_new(library: Institution) -> None:
    old, new = person("ilse@harrow.example"), person("timo@delta.example")
    follow_institution(institution=library, by=None, at=NOW)
    assert (reasons(old), reasons(new)) == (["Access provided by Harrow Library."], [])

    library.domains.update(domain="delta.example")
    follow_institution(institution=library, by=None, at=NOW)
    assert (reasons(old), reasons(new)) == ([], ["Access provided by Harrow Library."])

    library.ends_at = NOW + 30 * DAY
    library.save()
    follow_institution(institution=library, by=None, at=NOW + DAY)
    assert new.grants.get().ends_at == NOW + 30 * DAY
    assert not old.grants.current(at=NOW + DAY).exists()

    library.is_active = False
    library.save()
    follow_institution(institution=library, by=None, at=NOW + 2 * DAY)
    assert reasons(new, NOW + 2 * DAY) == []
    assert AuditEntry.objects.filter(action="change institution").count() == 4


def test_the_admin_refuses_a_wide_range_and_says_what_the_others_cover(admin_client: Client) -> None:
    form = {
        "name": "Delta College",
        "starts_at_0": "2026-01-01",
        "starts_at_1": "00:00:00",
        "is_active": "on",
        "networks-TOTAL_FORMS": "1",
        "networks-INITIAL_FORMS": "0",
        "networks-0-cidr": "10.0.0.0/8",
        "domains-TOTAL_FORMS": "1",
        "domains-INITIAL_FORMS": "0",
        "domains-0-domain": "delta.example",
    }
    address = "/admin/subscriptions/institution/add/"
    refused = admin_client.post(address, form)
    assert "10.0.0.0/8 is too wide: /16 is the widest that is accepted." in refused.content.decode()
    assert Institution.objects.count() == 0

    saved = admin_client.post(address, {**form, "networks-0-cidr": "10.7.0.0/16"}, follow=True)
    assert "Delta College covers 65,536 addresses by network." in saved.content.decode()
    network = InstitutionNetwork.objects.get()
    assert (network.cidr, network.first[-8:], network.last[-8:]) == ("10.7.0.0/16", "0a070000", "0a07ffff")


def test_the_start_of_a_contract_is_waited_for() -> None:
    later = Institution.objects.create(name="Vastholm School", starts_at=datetime.now(UTC) + 5 * DAY)
    InstitutionDomain.objects.create(institution=later, domain="vastholm.example")
    reader = person("nora@vastholm.example")
    follow_domains(user=reader, at=NOW)
    assert (reasons(reader), bool(reasons(reader, NOW + 6 * DAY))) == ([], True)
    assert reader.grants.get().source == Source.INSTITUTION


def test_a_start_that_is_corrected_holds_for_readers_who_waited() -> None:
    school = Institution.objects.create(name="Vastholm School", starts_at=NOW + 300 * DAY)
    InstitutionDomain.objects.create(institution=school, domain="vastholm.example")
    reader = person("nora@vastholm.example")
    follow_domains(user=reader, at=NOW)
    for days, can_read in ((-1, True), (5, False)):
        school.starts_at = NOW + days * DAY
        school.save()
        follow_institution(institution=school, by=None, at=NOW)
        assert bool(reasons(reader)) == can_read


@pytest.mark.parametrize("headers", [{"HTTP_X_FORWARDED_FOR": "192.0.2.9"}, {"REMOTE_ADDR": ""}])
def test_a_request_past_a_proxy_gets_a_strangers_page(
    library: Institution, client: Client, settings: Settings, headers: dict[str, str]
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    page = client.get(ArticleFactory.create().get_absolute_url(), **headers)  # type: ignore[arg-type]
    assert (page.status_code, PAID_TEXT in page.content.decode()) == (200, False)
