"""Reading a letter that was sent to a reader: a page beside the admin."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kit.desk import desk_context, desk_page
from subscriptions.emails import letter_of
from subscriptions.models import Notice


@desk_page("subscriptions.view_notice")
@require_safe
def notice_letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A letter as it would read now."""
    notice = get_object_or_404(Notice.objects.select_related("user", "subscription__plan", "invoice"), pk=pk)
    letter = letter_of(notice)
    context = desk_context(request, letter.subject, notice=notice, letter=letter)
    return render(request, "subscriptions/notice_letter.html", context)
