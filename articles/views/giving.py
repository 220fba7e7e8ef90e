"""Giving a story away, and what became of it: a subscriber's own pages."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import signed_in_user
from articles.actions.gift_links import CannotGive, end_gift_link, gift_links_left, give_story
from articles.explaining import given_away
from articles.models import Access, GiftLink
from articles.openings import gives_away
from articles.queries import find_story
from subscriptions.queries import grants_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def give_article(request: HttpRequest, slug: str) -> HttpResponse:
    """Make the link, or find the one that is still open, and lead to where it can be copied.

    Whoever had to sign in again on the way comes by GET, and finds the story with its button.
    """
    now = timezone.now()
    story = find_story(slug, at=now)
    if story is None:
        raise Http404("There is no story to give at this address.")
    if request.method != "POST":
        return redirect(story)
    if story.ruling(at=now).access == Access.FREE:
        messages.info(request, "This story is free for everyone: pass its address on.")
        return redirect(story)
    try:
        link = give_story(article=story, by=signed_in_user(request), at=now)
    except CannotGive as refusal:
        messages.error(request, str(refusal))
        return redirect("account_given")
    messages.success(request, f"Here is the link to “{story.headline}”. Pass it on as you like.")
    return redirect(f"{reverse('account_given')}#gift-{link.pk}")


@never_cache
@require_safe
@login_required
def given(request: HttpRequest) -> HttpResponse:
    """The stories given away, how often each was read, and how many are left this month."""
    user, now = signed_in_user(request), timezone.now()
    context = {
        "given": given_away(user, at=now),
        "left": gift_links_left(user, at=now) if gives_away(grants_of(user, at=now)) else None,
        "a_month": settings.GIFT_LINKS_PER_MONTH,
        "days": settings.GIFT_LINK_DAYS,
    }
    return render(request, "articles/given.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end_gift(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, and end the link on POST."""
    user, now = signed_in_user(request), timezone.now()
    links = GiftLink.objects.open(at=now).select_related("article")
    link = get_object_or_404(links, pk=pk, user=user)
    if request.method == "POST":
        end_gift_link(link=link, by=user, at=now)
        messages.success(request, "The link has ended. Whoever comes by it now meets the story’s opening.")
        return redirect("account_given")
    return render(request, "articles/gift_end.html", {"link": link})
