"""What support does to a reader's meter and keys, on pages like those of its other deeds."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.queries import signed_in_user
from articles.actions.meters import MAY_SET_ALLOWANCE, set_allowance
from articles.actions.reading_keys import revoke_key
from articles.models import Meter, ReadingKey
from articles.queries import meter_of
from articles.support_forms import AllowanceForm
from kit.desk import desk_context, desk_page


@never_cache
@desk_page(MAY_SET_ALLOWANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def allowance(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How many stories for subscribers this reader may open each month."""
    reader, at = get_object_or_404(User, pk=pk), timezone.now()
    own = Meter.objects.filter(user=reader).values_list("allowance", flat=True).first()
    form = AllowanceForm(request.POST or None, initial={"allowance": own}, label_suffix="")
    if form.is_valid():
        set_allowance(user=reader, **form.cleaned_data, by=signed_in_user(request), at=at)
        messages.success(request, f"{reader} can open {meter_of(reader, at=at).limit} stories a month.")
        return redirect("support_reader", reader.pk)
    meter = meter_of(reader, at=at)
    words = [
        f"{meter.left} of {meter.limit} free stories are left this month. What was opened stays counted.",
        "The new number holds from now on, for every month. Nothing is sent to the reader.",
    ]
    return _deed(request, reader, "Free stories a month", "Set the number", form, words)


@never_cache
@desk_page("articles.change_readingkey")
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: int, of: int) -> HttpResponseBase:
    """End a key with which a program of the reader's reads."""
    key = get_object_or_404(ReadingKey.objects.select_related("user"), pk=of, user=pk)
    if request.method == "POST":
        revoke_key(key=key, by=signed_in_user(request), at=timezone.now())
        messages.success(request, f"“{key}” opens nothing any more.")
        return redirect("support_reader", key.user_id)
    words = [
        f"“{key}” ({key.get_kind_display()}) opens nothing any more, at once.",
        "The reader can make a new key in their account. Nothing is sent to them.",
    ]
    return _deed(request, key.user, "Revoke a key", "Revoke it", forms.Form(), words)


def _deed(
    request: HttpRequest, reader: User, title: str, button: str, form: forms.Form, words: list[str]
) -> HttpResponseBase:
    deed: dict[str, Any] = {"title": title, "button": button}
    context = desk_context(request, title, reader=reader, deed=deed, form=form, words=words)
    return render(request, "subscriptions/support_deed.html", context)
