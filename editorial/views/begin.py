"""Beginning a story: its plan first, then its page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.queries import signed_in_user
from editorial.actions import CannotMove, plan_story
from editorial.plan_forms import BeginForm
from editorial.views.guard import desk_context, desk_page


@desk_page("articles.add_article")
def begin(request: HttpRequest) -> HttpResponse:
    """Ask for the working name and the plan; then either go on writing or plan the next one."""
    by = signed_in_user(request)
    form = BeginForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            article = plan_story(**form.cleaned_data, by=by, at=timezone.now())
        except CannotMove as reason:
            form.add_error(None, str(reason))
        else:
            if "_another" in request.POST:
                messages.success(request, f"{article} is planned.")
                return redirect("desk:begin")
            return redirect("admin:articles_article_change", article.pk)
    return render(request, "editorial/begin.html", desk_context(request, "Begin a story", form=form))
