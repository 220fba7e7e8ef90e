"""The pages about a person that allauth does not have."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actions import change_name
from accounts.forms import ProfileForm
from accounts.queries import signed_in_user

LOST_CODE_LEADS_TO = ("account_login", "account_request_login_code")


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """The name a reader goes by."""
    user = signed_in_user(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        change_name(user=user, name=form.cleaned_data["name"])
        messages.success(request, "Your name is saved.")
        return redirect("account_profile")
    return render(request, "accounts/profile.html", {"form": form})


def explain_lost_code(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say why, where allauth leads back to the start without a word: the code had run out."""

    @wraps(view)
    def handle(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        names = ("account_email",) if request.user.is_authenticated else LOST_CODE_LEADS_TO
        response = view(request, *args, **kwargs)
        is_led_back = response.get("Location") in [reverse(name) for name in names]
        if is_led_back and not messages.get_messages(request):
            messages.warning(request, "That code no longer works. Please ask for a new one.")
        return response

    return handle
