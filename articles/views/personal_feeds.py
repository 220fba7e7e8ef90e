"""A reader's own feeds with every story in full, for as long as they may read it (rule F7)."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.queries import signed_in_user
from articles.actions.reading_keys import CannotMakeKey, make_key, revoke_key, use_key
from articles.feeds import HOST, Channel, Entry, Format, story_entries, write_feed
from articles.models import ReadingKey
from articles.paywall import Reader
from articles.queries import latest_stories, stories_for_feed
from kit.limits import count_use
from subscriptions.queries import Rights, grants_of, rights_of

HOUR = 3600
NAME_LENGTH = 80
GONE = "This feed is no longer there. Its owner can make a new one in their account.\n"
TOO_OFTEN = "This feed was fetched too often. Please wait.\n"


@require_safe
def personal_feed(request: HttpRequest, token: str, kind: Format) -> HttpResponse:
    """The latest stories, each as the key's account may read it at this moment.

    A key that is unknown or revoked is answered with 410, which makes feed readers stop asking. When only the
    subscription has ended the feed goes on with what anyone may read, and its first entry says so: an error
    would be hidden by most feed readers, and the reader would never learn why nothing comes any more.
    """
    now = timezone.now()
    key = use_key(token, kind=ReadingKey.Kind.FEED, at=now)
    if key is None:
        return _kept_nowhere(HttpResponse(GONE, content_type="text/plain", status=410))
    use = count_use(f"feed-{key.pk}", limit=settings.FEED_REQUESTS_PER_HOUR, window=HOUR, at=now)
    if use.is_exceeded:
        wait = {"Retry-After": str(use.reset)}
        return _kept_nowhere(HttpResponse(TOO_OFTEN, content_type="text/plain", status=429, headers=wait))
    rights = rights_of(key.user, at=now)
    reader = Reader(is_signed_in=True, grants=rights.current, lapsed=rights.lapsed)
    entries = story_entries(stories_for_feed(latest_stories(at=now)), reader, at=now)
    if not rights.current:
        entries.insert(0, _ended(key, rights))
    text, content_type = write_feed(_channel(key, request.path), entries, kind)
    return _kept_nowhere(HttpResponse(text, content_type=content_type))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own_feeds(request: HttpRequest) -> HttpResponse:
    """One's feeds, and a new one, whose addresses are shown in answer to making it and never again."""
    user, now = signed_in_user(request), timezone.now()
    name = request.POST.get("name", "").replace("\0", "").strip()[:NAME_LENGTH]
    trouble, made = "", {}
    if request.method == "POST":
        try:
            made = _make(user, name, at=now)
        except CannotMakeKey as refusal:
            trouble = str(refusal)
    context = {
        "made": made,
        "trouble": trouble,
        "typed": name if trouble else "",
        "name_length": NAME_LENGTH,
        "keys": ReadingKey.objects.living().filter(user=user, kind=ReadingKey.Kind.FEED),
        "may_make": bool(grants_of(user, at=now)),
    }
    response = render(request, "articles/own_feeds.html", context, status=400 if trouble else 200)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end a feed's address for good."""
    user = signed_in_user(request)
    mine = ReadingKey.objects.living().filter(user=user, kind=ReadingKey.Kind.FEED)
    key = get_object_or_404(mine, pk=pk)
    if request.method == "POST":
        revoke_key(key=key, by=user, at=timezone.now())
        messages.success(request, f"The feed “{key.name}” has ended.")
        return redirect("account_feeds")
    return render(request, "articles/revoke_feed.html", {"key": key})


def _make(user: User, name: str, *, at: datetime) -> dict[str, object]:
    """A new feed, and where it is. Raises `CannotMakeKey`."""
    if not name:
        raise CannotMakeKey("Give it a name, so that you know it again.")
    key, secret = make_key(user=user, kind=ReadingKey.Kind.FEED, name=name, at=at)
    return {"key": key, "rss": _address(secret, Format.RSS), "atom": _address(secret, Format.ATOM)}


def _address(secret: str, kind: Format) -> str:
    return settings.SITE_URL + reverse("personal_feed", args=(secret, kind))


def _channel(key: ReadingKey, address: str) -> Channel:
    publication = settings.PUBLICATION
    title = f"{publication['name']}, in full"
    return Channel(f"personal-{key.pk}", title, publication["tagline"], reverse("front_page"), address)


def _ended(key: ReadingKey, rights: Rights) -> Entry:
    """What a reader whose rights have ended finds on top of the feed, once for each end."""
    ended_at = (rights.lapsed and rights.lapsed.ends_at) or key.created_at
    link = settings.SITE_URL + reverse("account_overview")
    html = (
        "<p>This feed held every story in full as long as you had a subscription. Your access has ended, so"
        f' it holds what anyone may read. <a href="{link}">Your account</a> says more, and there you can'
        " subscribe again; the address of the feed stays the same.</p>"
    )
    guid = f"tag:{HOST},{ended_at:%Y-%m-%d}:ended-{key.pk}"
    return Entry(guid, "Your access has ended", link, html, published_at=ended_at, updated_at=ended_at)


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"], response["Referrer-Policy"] = "noindex", "no-referrer"
    return response
