"""The picture library for the text's editor, as JSON: searched by GET, added to by POST."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.queries import signed_in_user
from articles.actions.pictures import add_picture
from articles.models import Picture
from articles.pictures import UnusablePicture, image_source
from kit.desk import desk_page

PER_PAGE = 24


class UploadForm(forms.Form):
    """A picture with its words, of the lengths that `Picture` takes; the action checks the file itself."""

    file = forms.FileField(error_messages={"required": "Choose a picture."})
    alt = forms.CharField(
        max_length=300, error_messages={"required": "Say in a few words what the picture shows."}
    )
    caption = forms.CharField(max_length=400, required=False)
    credit = forms.CharField(max_length=120, required=False)


@desk_page("articles.view_picture")
@require_http_methods(["GET", "POST"])
def library(request: HttpRequest) -> JsonResponse:
    """GET finds pictures by `q`, newest first, `page` by page; POST adds one (multipart)."""
    return upload(request) if request.method == "POST" else search(request)


def search(request: HttpRequest) -> JsonResponse:
    """`pictures`, the number of the `next` page (null on the last), and a `token` to add one with."""
    page = Paginator(matching(request.GET.get("q", "")), PER_PAGE).get_page(request.GET.get("page"))
    following = page.next_page_number() if page.has_next() else None
    pictures = [described(picture) for picture in page]
    return JsonResponse({"pictures": pictures, "next": following, "token": get_token(request)})


def matching(words: str) -> QuerySet[Picture]:
    """Pictures with every one of the words in alternative text, caption, credit or file name."""
    found = Picture.objects.order_by("-created_at", "-pk")
    for word in words.split():
        found = found.filter(
            Q(alt__icontains=word)
            | Q(caption__icontains=word)
            | Q(credit__icontains=word)
            | Q(file__icontains=word)
        )
    return found


def upload(request: HttpRequest) -> JsonResponse:
    """201 with the `picture`, or 400 with `errors`: the fields' names, and what is wrong with each."""
    if not signed_in_user(request).has_perm("articles.add_picture"):
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        errors = {name: " ".join(map(str, messages)) for name, messages in form.errors.items()}
        return JsonResponse({"errors": errors}, status=400)
    try:
        picture = add_picture(**form.cleaned_data, at=timezone.now())
    except UnusablePicture as reason:
        return JsonResponse({"errors": {"file": str(reason)}}, status=400)
    return JsonResponse({"picture": described(picture)}, status=201)


def described(picture: Picture) -> dict[str, Any]:
    """A picture as the editor needs it: `src` for the text, `thumb` for a list of pictures."""
    source = image_source(picture)
    smallest = min(picture.sizes, key=lambda size: size["width"], default=None)
    thumb = picture.file.storage.url(smallest["name"]) if smallest else picture.file.url
    return {
        "id": picture.pk,
        "src": source.url,
        "width": source.width,
        "height": source.height,
        "thumb": thumb,
        "alt": picture.alt,
        "caption": picture.caption,
        "credit": picture.credit,
    }
