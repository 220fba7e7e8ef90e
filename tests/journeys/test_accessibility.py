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
    "/articles/tessaly-tunnel-last-four-hundred-metres/print/",
    "/search/?q=tunnel",
    "/search/?q=nothing-of-that-kind",
    "/feeds/",
    "/api/",
    "/corrections/",
    "/privacy/",
    "/subscribe/",
    "/subscribe/?currency=eur",
    "/gift/",
    "/gift/redeem/",
    "/withdraw/",
    "/accounts/login/",
    "/accounts/signup/",
    "/newsletters/",
    "/newsletters/sign-up/",
    "/newsletters/sign-up/sent/",
    "/newsletters/confirm/no-such-link/",
    "/newsletters/preferences/no-such-link/",
    "/no-such-page/",
)
ACCOUNT = (
    "/account/",
    "/account/change/",
    "/account/cancel/",
    "/account/invoices/",
    "/account/newsletters/",
    "/account/reading/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/sessions/",
)
SUBSCRIBER = (
    "/account/",
    "/account/change/",
    "/account/gifts/",
    "/account/reading/",
    "/account/feeds/",
    "/account/given/",
    "/articles/flood-ledger-harrow-delta/",
    "/search/?q=tunnel",
    "/subscribe/",
    "/withdraw/",
    "/gift/",
)
OWNER = ("/account/group/", "/account/seats/", "/account/change/", "/account/")
DESK = (
    "/admin/",
    "/admin/articles/article/",
    "/admin/articles/article/add/",
    "/admin/articles/picture/",
    "/admin/articles/accessrule/",
    "/admin/articles/accessrule/add/",
    "/admin/articles/storytype/",
    "/admin/articles/readingkey/",
    "/admin/articles/leakprobe/",
    "/admin/desk/stories/1/readers/",
    "/admin/newsletters/edition/",
    "/admin/accounts/auditentry/",
    "/admin/books/",
    "/admin/books/sale/",
    "/admin/books/readers/",
    "/admin/books/reports/",
    "/admin/books/reports/readers/",
    "/admin/books/reports/revenue/",
    "/admin/subscriptions/plan/",
    "/admin/subscriptions/plan/add/",
    "/admin/subscriptions/offer/add/",
    "/admin/subscriptions/pricerise/",
    "/admin/subscriptions/institution/add/",
    "/admin/subscriptions/withdrawal/",
    "/admin/subscriptions/notice/",
    "/admin/subscriptions/invoice/",
    "/admin/subscriptions/stripeevent/",
)


@pytest.mark.parametrize("device", [PHONE_BY_NIGHT, DESK_BY_DAY], ids=["phone, dark", "desk, light"])
@pytest.mark.parametrize(
    ("someone", "paths"),
    [
        (None, PUBLIC),
        ("overdue@example.com", ACCOUNT),
        ("subscriber@example.com", SUBSCRIBER),
        ("tutor@example.com", OWNER),
        ("publisher@example.com", DESK),
    ],
    ids=["visitor", "reader who owes", "subscriber", "group owner", "publisher"],
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
