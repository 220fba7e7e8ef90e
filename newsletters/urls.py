"""Addresses of the letters. Those in mail that has gone out must work for ever."""

from datetime import date

from django.urls import path, register_converter

from newsletters.views.archive import archive, edition
from newsletters.views.preferences import preferences, preferences_by_link
from newsletters.views.signing_up import confirm, sign_up, signed_up
from newsletters.views.unsubscribing import resubscribe, unsubscribe


class DayConverter:
    """A day as `2026-11-20`."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("account/newsletters/", preferences, name="newsletter_preferences"),
    path("newsletters/", archive, name="newsletter_archive"),
    path("newsletters/sign-up/", sign_up, name="newsletter_sign_up"),
    path("newsletters/sign-up/sent/", signed_up, name="newsletter_signed_up"),
    path("newsletters/confirm/<str:token>/", confirm, name="newsletter_confirm"),
    path("newsletters/preferences/<str:token>/", preferences_by_link, name="newsletter_choices"),
    path("newsletters/unsubscribe/<str:token>/", unsubscribe, name="newsletter_unsubscribe"),
    path("newsletters/resubscribe/<str:token>/", resubscribe, name="newsletter_resubscribe"),
    path("newsletters/<slug:slug>/<day:day>/", edition, name="newsletter_edition"),
]
