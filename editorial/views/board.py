"""The board of stories by state."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import signed_in_user
from editorial.board import BoardForm, columns_of
from editorial.queries import visible_to_staff
from kit.desk import desk_context, desk_page


@desk_page("articles.view_article")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`section__id__exact`, `assignee` and `whose` choose among the stories this person sees."""
    user, form = signed_in_user(request), BoardForm(request.GET)
    columns = columns_of(visible_to_staff(user), form, user, at=timezone.now())
    context = desk_context(request, "Board", form=form, columns=columns, is_fullwidth="1")
    return render(request, "editorial/board.html", context)
