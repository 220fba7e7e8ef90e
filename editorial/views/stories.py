"""Our own stories for the text's editor to link to, as JSON."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.queries import signed_in_user
from articles.models import Article
from editorial.queries import visible_to_staff
from kit.desk import desk_page

MOST = 10


@desk_page("articles.view_article")
@require_GET
def search(request: HttpRequest) -> JsonResponse:
    """At most ten stories with every word of `q` in headline or slugline, the last changed first.

    Only what whoever asks may see at the desk, and never the text. `public` says whether readers can open
    the address now.
    """
    found = visible_to_staff(signed_in_user(request))
    for word in request.GET.get("q", "").split():
        found = found.filter(Q(headline__icontains=word) | Q(slugline__icontains=word))
    stories = list(found.only("headline", "slugline", "slug", "state").order_by("-changed_at")[:MOST])
    keys = [story.pk for story in stories]
    public = set(Article.objects.visible(at=timezone.now()).filter(pk__in=keys).values_list("pk", flat=True))
    return JsonResponse({"stories": [described(story, story.pk in public) for story in stories]})


def described(story: Article, is_public: bool) -> dict[str, Any]:
    return {
        "headline": story.headline,
        "slugline": story.slugline,
        "address": story.get_absolute_url(),
        "state": story.get_state_display(),
        "public": is_public,
    }
