"""Which story a page of the desk may show."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.queries import signed_in_user
from articles.models import Article
from editorial.queries import visible_to_staff


def story_at_desk(request: HttpRequest, pk: int) -> Article:
    """The story, if whoever asks may see it at the desk; otherwise 404."""
    return get_object_or_404(visible_to_staff(signed_in_user(request)).select_related("section"), pk=pk)
