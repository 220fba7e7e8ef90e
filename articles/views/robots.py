"""What crawlers are asked to leave alone.

Not the addresses of gifts and letters: who may not fetch a page never learns that it is not to be indexed.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

RULES = """\
User-agent: *
Disallow: /admin/
Disallow: /account/
Disallow: /accounts/
Disallow: /subscribe/checkout/
Disallow: /review/
Disallow: /feeds/
Allow: /feeds/$
Disallow: /articles/*/open/

Sitemap: {site}/news-sitemap.xml
Sitemap: {site}/sitemap.xml
"""


@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(RULES.format(site=settings.SITE_URL), content_type="text/plain")
