"""Inviting guests to a story, and ending that."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.queries import signed_in_user
from editorial.actions.guests import CannotInvite, make_guest_link, revoke_guest_link
from editorial.guest_forms import GuestForm
from editorial.models import GuestLink
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page


@desk_page("editorial.add_guestlink")
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whom the link is for; then back to the story, where it can be copied."""
    story, by = story_at_desk(request, pk), signed_in_user(request)
    form = GuestForm(request.POST or None, article=story, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            make_guest_link(article=story, by=by, at=timezone.now(), **form.cleaned_data)
        except CannotInvite as refused:
            form.add_error(None, str(refused))
        except OSError:  # the mail server's; the link was made
            messages.warning(request, "The link is made, but its letter could not be sent: copy the address.")
            return redirect("admin:articles_article_change", pk)
        else:
            sent = " and mailed" if form.cleaned_data["email"] else ""
            messages.success(request, f"The link for {form.cleaned_data['name']} is made{sent}.")
            return redirect("admin:articles_article_change", pk)
    context = desk_context(request, f"Invite a guest: {story}", form=form, story=story)
    return render(request, "editorial/invite.html", context)


@desk_page("editorial.add_guestlink")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then close the link."""
    link = get_object_or_404(GuestLink, pk=pk)
    story = story_at_desk(request, link.article_id)
    if request.method == "POST":
        revoke_guest_link(link=link, by=signed_in_user(request), at=timezone.now())
        messages.success(request, f"The link for {link.name} is closed.")
        return redirect("admin:articles_article_change", story.pk)
    context = desk_context(request, f"Close the link for {link.name}?", link=link, story=story)
    return render(request, "editorial/revoke.html", context)
