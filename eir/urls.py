"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.cache import cache_control
from django.views.generic import RedirectView
from django.views.static import serve


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the process answers; for load balancers and `make demo`."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    # Staff sign in where everyone does, with the same second factor and the same limits.
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    # Pages of our own, some of them under admin/.
    path("", include("editorial.urls")),
    path("", include("subscriptions.urls")),
    path("", include("articles.desk_urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    # A file is never changed under its name, so whoever has it may keep it.
    path(
        "media/<path:path>",
        cache_control(public=True, max_age=31_536_000)(serve),
        {"document_root": settings.MEDIA_ROOT},
    ),
    path("", include("newsletters.urls")),
    path("", include("articles.urls")),  # last: standing pages answer any single word
]
