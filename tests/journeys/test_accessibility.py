"""axe-core over the pages people meet, on a phone in the dark and on a desk by day."""

import pytest

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in

pytestmark = pytest.mark.journey

PHONE_BY_NIGHT = {"width": 390, "height": 844, "dark": True}
DESK_BY_DAY = {"width": 1280, "height": 900, "dark": False}

PUBLIC = (
    "/",
    "/articles/tessaly-tunnel-last-four-hundred-metres/",
    "/articles/flood-ledger-harrow-delta/",
    "/sections/culture/",
    "/topics/rail/",
    "/authors/marta-ellingsen/",
    "/corrections/",
    "/privacy/",
    "/subscribe/",
    "/accounts/login/",
    "/accounts/signup/",
    "/newsletters/",
    "/no-such-page/",
)
ACCOUNT = ("/account/", "/account/newsletters/", "/accounts/email/", "/accounts/2fa/", "/accounts/sessions/")
DESK = (
    "/admin/",
    "/admin/articles/article/",
    "/admin/articles/article/add/",
    "/admin/articles/picture/",
    "/admin/newsletters/edition/",
    "/admin/accounts/auditentry/",
)


@pytest.mark.parametrize("device", [PHONE_BY_NIGHT, DESK_BY_DAY], ids=["phone, dark", "desk, light"])
@pytest.mark.parametrize(
    ("someone", "paths"),
    [(None, PUBLIC), ("overdue@example.com", ACCOUNT), ("publisher@example.com", DESK)],
    ids=["visitor", "reader", "publisher"],
)
def test_pages_have_no_violation(
    open_page: OpenPage, device: dict[str, int], someone: str | None, paths: tuple[str, ...]
) -> None:
    page = open_page(**device)
    if someone:
        sign_in(page, someone)
    for path in paths:
        page.goto(path)
        expect_accessible(page)
