"""The pages beside an edition's form: preview, compiling, a test to oneself, letting it go, holding it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.queries import signed_in_user
from kit.queue import enqueue_on_commit
from newsletters.actions import CannotSend, compile_edition, hold_edition, send_trial, start_sending
from newsletters.digest import make_digest
from newsletters.emails import fill, render_edition
from newsletters.models import Edition, Variant
from newsletters.queries import Recipient, audience_size, hidden_headlines, is_stale
from newsletters.tasks import send_edition

FORMS = ("html", "text")


def preview(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The letter in a frame, for each kind of reader, as HTML and as text."""
    edition = _find(admin.has_view_permission, request, pk)
    context = {
        **_context(admin, request, edition, "Preview"),
        "variant": _one_of(request.GET.get("variant", Variant.SUBSCRIBER), Variant.values),
        "form": _one_of(request.GET.get("form", "html"), FORMS),
        "variants": Variant.choices,
        "is_empty": make_digest(edition, variant=Variant.FREE, at=timezone.now()).lead is None,
    }
    return render(request, "newsletters/admin/preview.html", context)


def preview_letter(admin: Any, request: HttpRequest, pk: int, variant: str, form: str) -> HttpResponse:
    """What stands in the frame: the letter made out to whoever looks; its link unsubscribes nobody."""
    edition = _find(admin.has_view_permission, request, pk)
    by = signed_in_user(request)
    letter = render_edition(edition, variant=_one_of(variant, Variant.values), at=timezone.now())
    letter = fill(letter, Recipient(by.pk, by.email, by.name, variant), unsubscribe="#")
    if _one_of(form, FORMS) == "text":
        return HttpResponse(letter.text, content_type="text/plain; charset=utf-8")
    return HttpResponse(letter.html)


def compile_from_week(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Fill an edition that nobody arranged."""
    _only_post(request)
    edition = _find(admin.has_change_permission, request, pk)
    if edition.arranged_at and edition.places.exists():
        messages.warning(
            request, "Somebody arranged this edition. Remove its stories first to compile it anew."
        )
        return _back(edition)
    compile_edition(
        newsletter=edition.newsletter,
        date=edition.edition_date,
        by=signed_in_user(request),
        at=timezone.now(),
    )
    messages.success(request, f"The edition has {edition.places.count()} stories of the week now.")
    return _back(edition)


def trial(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Send the letter as it stands to whoever asks."""
    _only_post(request)
    edition = _find(admin.has_view_permission, request, pk)
    by = signed_in_user(request)
    variant = _one_of(request.POST.get("variant", ""), Variant.values)
    try:
        send_trial(edition=edition, variant=variant, by=by, at=timezone.now())
    except CannotSend as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, f"A test is on its way to {by.email}.")
    return _back(edition)


def send(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, saying how many will get it; then let the edition go."""
    edition = _find(admin.has_view_permission, request, pk)
    if not admin.has_send_permission(request):
        raise PermissionDenied
    now = timezone.now()
    if request.method != "POST":
        sizes = audience_size(edition.newsletter, at=now)
        context = {
            **_context(admin, request, edition, "Send now"),
            "sizes": [(label, sizes[variant]) for variant, label in Variant.choices],
            "total": sum(sizes.values()),
            "is_stale": is_stale(edition, at=now),
            "hidden_headlines": hidden_headlines(edition, at=now),
            "left": edition.deliveries.open().count() if edition.recipients_fixed_at else None,
        }
        return render(request, "newsletters/admin/send.html", context)
    try:
        is_started = start_sending(edition=edition, by=signed_in_user(request), at=now)
    except CannotSend as reason:
        messages.error(request, str(reason))
        return _back(edition)
    enqueue_on_commit(send_edition, edition.pk)
    if is_started:
        messages.success(request, f"{edition} is on its way.")
    return _back(edition)


def hold(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a sending; what is not sent yet waits."""
    _only_post(request)
    edition = _find(admin.has_view_permission, request, pk)
    if not admin.has_send_permission(request):
        raise PermissionDenied
    by = signed_in_user(request)
    if hold_edition(edition=edition, because=f"Held by {by}.", at=timezone.now(), by=by):
        messages.success(request, "Held. What was not sent yet waits until you send it.")
    return _back(edition)


def _only_post(request: HttpRequest) -> None:
    if request.method != "POST":
        raise PermissionDenied


def _find(permission: Callable[..., bool], request: HttpRequest, pk: int) -> Edition:
    edition = get_object_or_404(Edition.objects.select_related("newsletter"), pk=pk)
    if not permission(request, edition):
        raise PermissionDenied
    return edition


def _one_of(value: str, known: Any) -> str:
    if value not in known:
        raise Http404
    return value


def _context(admin: Any, request: HttpRequest, edition: Edition, title: str) -> dict[str, Any]:
    return {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "edition": edition,
        "title": title,
        "back_url": reverse("admin:newsletters_edition_change", args=(edition.pk,)),
    }


def _back(edition: Edition) -> HttpResponse:
    return redirect("admin:newsletters_edition_change", edition.pk)
