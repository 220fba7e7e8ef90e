"""The look and navigation of the admin (unfold)."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse, reverse_lazy

from eir.settings.publication import PUBLICATION


def _link(title: str, icon: str, name: str, permission: str) -> dict[str, Any]:
    return _page(title, icon, f"admin:{name}_changelist", permission)


def _page(title: str, icon: str, name: str, permission: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(name),
        "permission": lambda request: request.user.has_perm(permission),
    }


def _shades(colour: str) -> dict[str, str]:
    """The admin's eleven steps of the publication's colour, from nearly white to nearly black."""
    lighter = {50: 6, 100: 12, 200: 25, 300: 36, 400: 48, 500: 60, 600: 100}
    darker = {700: 85, 800: 70, 900: 55, 950: 38}
    return {
        str(step): f"color-mix(in oklab, {colour} {share}%, white)" for step, share in lighter.items()
    } | {str(step): f"color-mix(in oklab, {colour} {share}%, black)" for step, share in darker.items()}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": PUBLICATION["name"],
    "SITE_HEADER": PUBLICATION["name"],
    "SITE_SUBHEADER": "Newsroom",
    "SITE_URL": "/",
    "SITE_SYMBOL": "newspaper",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/icon.svg")}
    ],
    "COLORS": {"primary": _shades(PUBLICATION["accent"])},
    "DASHBOARD_CALLBACK": "editorial.dashboard.add_desk",
    "GLOBAL_CALLBACK": "editorial.bell.add_bell",
    "SHOW_HISTORY": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "3px",
    "STYLES": [lambda request: static("css/admin.css")],
    "SCRIPTS": [lambda request: static("js/admin.js")],
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "Newsroom",
                "items": [
                    _page("My desk", "desk", "admin:index", "articles.view_article"),
                    _page("Board", "view_kanban", "desk:board", "articles.view_article"),
                    _page("Calendar", "calendar_month", "desk:calendar", "articles.view_article"),
                    _link("Articles", "article", "articles_article", "articles.view_article"),
                    _link("Sections", "view_column", "articles_section", "articles.view_section"),
                    _link("Topics", "sell", "articles_topic", "articles.view_topic"),
                    _link("Authors", "edit_note", "articles_author", "articles.view_author"),
                    _link("Pictures", "image", "articles_picture", "articles.view_picture"),
                    _link("Pages", "description", "articles_page", "articles.view_page"),
                ],
            },
            {
                "title": "Desk settings",
                "items": [
                    _link("Access rules", "lock_open", "articles_accessrule", "articles.view_accessrule"),
                    _link("Story types", "category", "articles_storytype", "articles.view_storytype"),
                    _link("Review paths", "rule", "editorial_reviewpath", "editorial.view_reviewpath"),
                    _link("Checks", "checklist", "editorial_checkrule", "editorial.view_checkrule"),
                    _link(
                        "House style",
                        "spellcheck",
                        "editorial_housestyleterm",
                        "editorial.view_housestyleterm",
                    ),
                    _link(
                        "Story templates",
                        "dashboard_customize",
                        "editorial_storytemplate",
                        "editorial.view_storytemplate",
                    ),
                ],
            },
            {
                "title": "Mailing desk",
                "items": [
                    _link("Newsletters", "mail", "newsletters_newsletter", "newsletters.view_newsletter"),
                    _link("Editions", "drafts", "newsletters_edition", "newsletters.view_edition"),
                    _link("Sign-ups", "how_to_reg", "newsletters_signup", "newsletters.view_signup"),
                    _link("Deliveries", "outgoing_mail", "newsletters_delivery", "newsletters.view_delivery"),
                ],
            },
            {
                "title": "Readers",
                "items": [
                    _page("Readers", "support_agent", "support_readers", "subscriptions.view_subscription"),
                    _link("Users", "person", "accounts_user", "accounts.view_user"),
                    _link("Grants", "key", "subscriptions_grant", "subscriptions.view_grant"),
                    _link(
                        "Subscriptions",
                        "autorenew",
                        "subscriptions_subscription",
                        "subscriptions.view_subscription",
                    ),
                    # The other pages of the books lie below its address, and are lit for themselves.
                    _page("Books and drift", "balance", "books", "subscriptions.view_reconciliation")
                    | {"active": lambda request: request.path == reverse("books")},
                    _page(
                        "Subscription reports", "monitoring", "books_reports", "subscriptions.report_invoice"
                    ),
                    _link("Plans", "sell", "subscriptions_plan", "subscriptions.view_plan"),
                    _link("Offers", "loyalty", "subscriptions_offer", "subscriptions.view_offer"),
                    _page("Put on sale", "storefront", "sale", "subscriptions.change_plan"),
                    _link("Gifts", "redeem", "subscriptions_gift", "subscriptions.view_gift"),
                    _link(
                        "Institutions",
                        "account_balance",
                        "subscriptions_institution",
                        "subscriptions.view_institution",
                    ),
                    _link("Invoices", "receipt_long", "subscriptions_invoice", "subscriptions.view_invoice"),
                    _link("Letters", "mark_email_read", "subscriptions_notice", "subscriptions.view_notice"),
                    _link("Withdrawals", "undo", "subscriptions_withdrawal", "subscriptions.view_withdrawal"),
                    _link(
                        "Price rises",
                        "trending_up",
                        "subscriptions_pricerise",
                        "subscriptions.view_pricerise",
                    ),
                    _link(
                        "Stripe events", "bolt", "subscriptions_stripeevent", "subscriptions.view_stripeevent"
                    ),
                ],
            },
            {
                "title": "House",
                "separator": True,
                "items": [
                    _page("Reports", "bar_chart", "desk:reports", "accounts.view_auditentry"),
                    _link("Leak probes", "water_drop", "articles_leakprobe", "articles.view_leakprobe"),
                    _link("API and feed keys", "key", "articles_readingkey", "articles.view_readingkey"),
                    _link("Audit trail", "history", "accounts_auditentry", "accounts.view_auditentry"),
                    _link("Roles", "groups", "auth_group", "auth.view_group"),
                    _link(
                        "Schedule",
                        "schedule",
                        "django_celery_beat_periodictask",
                        "django_celery_beat.view_periodictask",
                    ),
                ],
            },
        ],
    },
}
