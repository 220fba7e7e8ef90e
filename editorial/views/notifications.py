"""What someone at the desk was told, and how they want to be mailed about it."""

from itertools import groupby

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.queries import signed_in_user
from editorial.actions.notifications import mark_read, set_notification_settings
from editorial.models import Notification
from editorial.notification_forms import NotificationForm
from editorial.numbers import whole_number
from editorial.queries.notifications import notifications_of, settings_of
from kit.desk import desk_context

PER_PAGE = 50


@admin.site.admin_view
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All, or with `show=unread` what is unread; day by day, the newest first."""
    told = notifications_of(signed_in_user(request))
    is_unread_only = request.GET.get("show") == "unread"
    shown = told.filter(read_at=None) if is_unread_only else told
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    days = [(day, list(group)) for day, group in groupby(page, key=lambda each: timezone.localdate(each.at))]
    context = desk_context(
        request, "Notifications", page=page, days=days, is_unread_only=is_unread_only, is_fullwidth="1"
    )
    return render(request, "editorial/notifications.html", context)


@admin.site.admin_view
@require_GET
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """To the story, with the notification marked as read; 404 for somebody else's."""
    user = signed_in_user(request)
    notification = get_object_or_404(Notification, pk=pk, user=user)
    mark_read(user=user, at=timezone.now(), only=notification.pk)
    return redirect("admin:articles_article_change", notification.article_id)


@admin.site.admin_view
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark all as read, or the one whose key is in `only`; 404 for somebody else's."""
    user, only = signed_in_user(request), request.POST.get("only", "")
    if only:
        key = whole_number(only)
        get_object_or_404(Notification, pk=key, user=user)
        mark_read(user=user, at=timezone.now(), only=key)
    else:
        mark_read(user=user, at=timezone.now())
    is_unread_only = request.POST.get("show") == "unread"
    return redirect(reverse("desk:notifications") + ("?show=unread" if is_unread_only else ""))


@admin.site.admin_view
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """One choice for each kind of notification."""
    user = signed_in_user(request)
    form = NotificationForm(request.POST or None, initial=settings_of(user))
    if form.is_valid():
        set_notification_settings(user=user, mail=form.chosen)
        messages.success(request, "Saved.")
        return redirect("desk:notification_settings")
    context = desk_context(request, "Notifications by mail", form=form)
    return render(request, "editorial/notification_settings.html", context)
