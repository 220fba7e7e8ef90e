"""The publication's colours as a stylesheet: the content security policy allows no inline styles."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page

RULE = ":root{{--accent-light:{accent};--accent-dark:{accent_dark}}}"


@conditional_page
@cache_control(public=True, max_age=3600)
def theme(request: HttpRequest) -> HttpResponse:
    return HttpResponse(RULE.format_map(settings.PUBLICATION), content_type="text/css")
