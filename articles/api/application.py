"""The API put together: its operations behind one door, its failures as problems."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import ValidationError

from articles.api import account, lists, stories
from articles.api.callers import KeyInHeader
from articles.api.door import api_door, nowhere
from articles.api.problems import INVALID, Mistake, Refused, problem_response

VERSION = "1.0.0"

api = NinjaAPI(version=VERSION, auth=KeyInHeader(), docs_url=None, openapi_url=None, urls_namespace="api")
api.add_router("", stories.router)
api.add_router("", lists.router)
api.add_router("", account.router)


@api.exception_handler(Refused)
def say_why(request: HttpRequest, refused: Refused) -> HttpResponse:
    return problem_response(refused)


@api.exception_handler(ValidationError)
def say_which_parameter(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    mistakes = [_mistake(error) for error in fault.errors]
    detail = "; ".join(f"{mistake.parameter}: {mistake.message}" for mistake in mistakes)
    return problem_response(Refused(INVALID, detail, mistakes))


def _mistake(error: dict[str, Any]) -> Mistake:
    return Mistake(parameter=str(error["loc"][-1]), message=error["msg"])


def _through_door(pattern: URLPattern) -> URLPattern:
    return URLPattern(pattern.pattern, api_door(pattern.callback), pattern.default_args, pattern.name)


patterns, _, _ = api.urls
urlpatterns = [
    *(
        _through_door(pattern)
        for pattern in patterns
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ),
    path("<path:rest>", api_door(nowhere), name="api_nowhere"),
]
