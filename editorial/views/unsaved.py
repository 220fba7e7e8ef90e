"""A text that came too late: its story is deleted, or no longer its writer's to see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.queries import signed_in_user
from articles.models import Article
from editorial.actions import keep_refused
from editorial.numbers import whole_number
from editorial.refusal import tab_in
from editorial.typed import BODY, Typed
from kit.desk import desk_context


def given_back(request: HttpRequest, pk: int, typed: Typed) -> HttpResponse:
    """Give whoever typed it their text to copy, and nothing of the story but that.

    If the story is still there the text is kept with it too, for when they come to see it again.
    """
    by, article = signed_in_user(request), Article.objects.filter(pk=pk).first()
    if article and by.has_perm("articles.change_article"):
        given = whole_number(request.POST.get("base", ""))
        base = article.version if given is None else min(given, article.version)
        tab = tab_in(request.POST)
        keep_refused(article=article, user=by, tab=tab, base=base, content=typed, at=timezone.now())
    fields = [
        (name.replace("_", " ").capitalize(), "\n".join(values), name == BODY)
        for name, values in typed.items()
        if any(values)
    ]
    context = desk_context(request, "Your text could not be saved", fields=fields)
    return render(request, "editorial/unsaved.html", context, status=409)
