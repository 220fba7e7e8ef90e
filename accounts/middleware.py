"""What holds for every page: staff prove themselves twice, and what is personal stays so."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from accounts.models import User
from accounts.queries import has_passed_second_factor, has_second_factor

Handler = Callable[[HttpRequest], HttpResponse]

SET_UP = (
    "The newsroom opens only after two-step sign-in. Set up a passkey, which is quickest, "
    "or an authenticator app; then choose Newsroom above."
)


def require_staff_mfa(get_response: Handler) -> Handler:
    """Keep the admin shut to staff whose session has not passed a second factor, if `STAFF_MFA_REQUIRED`.

    Only the admin: everything else stays open, so that the second factor can be set up.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if settings.STAFF_MFA_REQUIRED and request.path.startswith(reverse("admin:index")):
            return lead_to_second_factor(request) or get_response(request)
        return get_response(request)

    return handle


def keep_personal_pages(get_response: Handler) -> Handler:
    """Let nothing keep a page made for someone signed in, unless the page says itself what may."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_personal = request.session.accessed and request.user.is_authenticated
        if is_personal and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response

    return handle


def lead_to_second_factor(request: HttpRequest) -> HttpResponse | None:
    """Where a member of staff has to go first; `None` when the admin may decide for itself."""
    user = request.user
    leaving = request.path == reverse("admin:logout")
    if leaving or not isinstance(user, User) or not user.is_staff or has_passed_second_factor(request, user):
        return None
    if not has_second_factor(user):
        messages.warning(request, SET_UP)
        return HttpResponseRedirect(reverse("mfa_index"))
    proof = get_adapter(request).get_reauthentication_methods(user)[0]["url"]
    return HttpResponseRedirect(f"{proof}?{urlencode({'next': request.get_full_path()})}")
