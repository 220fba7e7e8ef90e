"""Beginning a story: its plan first, then its page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.queries import signed_in_user
from articles.models import Article
from editorial.actions import CannotMove, CannotSave, plan_story
from editorial.plan_forms import BeginForm
from kit.desk import desk_context, desk_page


@desk_page("articles.add_article")
def begin(request: HttpRequest) -> HttpResponse:
    """Ask for the working name and the plan; then either go on writing or plan the next one.

    `section` in the address is chosen beforehand: whoever plans several does so for one section.
    """
    by = signed_in_user(request)
    form = BeginForm(request.POST or None, by=by, initial={"section": request.GET.get("section")})
    if request.method == "POST" and form.is_valid():
        try:
            article = plan_story(**form.cleaned_data, by=by, at=timezone.now())
        except (CannotMove, CannotSave) as reason:
            form.add_error(None, str(reason))
        else:
            if "_another" in request.POST:
                messages.success(request, planned_message(article))
                return redirect(f"{reverse('desk:begin')}?section={article.section_id}")
            return redirect("admin:articles_article_change", article.pk)
    return render(request, "editorial/begin.html", desk_context(request, "Begin a story", form=form))


def planned_message(article: Article) -> SafeString:
    address = reverse("admin:articles_article_change", args=(article.pk,))
    return format_html('<a href="{}">{}</a> is planned. Plan the next one.', address, article)
