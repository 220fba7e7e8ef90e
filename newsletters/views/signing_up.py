"""Letters without an account: asking for them, and the yes that has to follow (rule G5).

The pages set no cookie and hold no form token, so that caches may keep them: that a form was sent from here
is told by what browsers say of it. Opening the link in the letter changes nothing, for mail scanners open
links too; the button on its page does.
"""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import network_address
from articles.arriving import is_from_here
from articles.caching import public_page
from kit.queue import wake_on_commit
from newsletters.actions import CannotConfirm, TooManySignUps, ask_for_letters, confirm_letters
from newsletters.forms import LettersForm
from newsletters.models import SignUp
from newsletters.tasks import ask_addresses
from newsletters.tokens import make_reader_token, read_signup_token
from newsletters.views.private import private_page

MINUTE = 60


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """The form; whoever is signed in has one of their own."""
    return _ask(request) if request.method == "POST" else _show(request)


@public_page
def _show(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("newsletter_preferences")
    return render(request, "newsletters/sign_up.html", {"form": LettersForm(initial={"page": request.path})})


@never_cache
def _ask(request: HttpRequest) -> HttpResponse:
    """The same answer for every address. The short form on other pages (`choose`) brings no letters yet."""
    if not is_from_here(request):
        raise PermissionDenied
    form = LettersForm(request.POST)
    if "choose" in request.POST:
        known = {name: request.POST.get(name, "")[:254] for name in ("address", "page")}
        form = LettersForm(initial=known)
    if not form.is_valid():
        return render(request, "newsletters/sign_up.html", {"form": form})
    try:
        ask_for_letters(
            address=form.cleaned_data["address"],
            newsletters=form.cleaned_data["letters"],
            text=form.text,
            source=form.cleaned_data["page"],
            network=network_address(request),
            at=timezone.now(),
        )
    except TooManySignUps as refusal:
        return _too_many(request, refusal)
    wake_on_commit(ask_addresses)
    return redirect("newsletter_signed_up")


def _too_many(request: HttpRequest, refusal: TooManySignUps) -> HttpResponse:
    minutes = -(-refusal.seconds // MINUTE)
    response = render(
        request,
        "newsletters/sign_up_later.html",
        {"minutes": minutes, "hours": -(-minutes // 60), "was_just_written": refusal.was_just_written},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response["Retry-After"] = str(refusal.seconds)
    return response


@require_safe
@public_page
def signed_up(request: HttpRequest) -> HttpResponse:
    """Where everybody arrives who asked."""
    return render(request, "newsletters/signed_up.html")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What will be sent, with a button; pressed, it is so."""
    signup = read_signup_token(token)
    if signup is None:
        return private_page(request, "newsletters/confirm_over.html", status=HTTPStatus.GONE)
    if request.method == "POST" or signup.confirmed_at:
        return _confirmed(request, signup)
    letters = signup.newsletters.filter(is_active=True, is_offered=True)
    return private_page(
        request, "newsletters/confirm.html", letters=letters, words=signup.text.partition("\n")[0]
    )


def _confirmed(request: HttpRequest, signup: SignUp) -> HttpResponse:
    was_confirmed = signup.confirmed_at is not None
    try:
        user = confirm_letters(signup=signup, at=timezone.now())
    except CannotConfirm:
        return private_page(
            request, "newsletters/confirm_over.html", is_refused=True, status=HTTPStatus.FORBIDDEN
        )
    return private_page(
        request,
        "newsletters/confirmed.html",
        letters=signup.newsletters.all(),
        reader=user,
        token=make_reader_token(user_id=user.pk),
        was_confirmed=was_confirmed,
    )
