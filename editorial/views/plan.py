"""The plan of a story that has begun: who writes it, by when, how long."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.queries import signed_in_user
from articles.models import Article
from editorial.actions import CannotMove, assign_story
from editorial.models import Assignment
from editorial.plan_forms import PlanForm
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page


@desk_page("articles.change_article")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change it; who may is for `assign_story` to say."""
    story, by = story_at_desk(request, pk), signed_in_user(request)
    form = form_for(request, story)
    if request.method == "POST" and form.is_valid():
        try:
            assign_story(article=story, by=by, at=timezone.now(), **form.cleaned_data)
        except CannotMove as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, "The plan is saved.")
            return redirect("admin:articles_article_change", pk)
    context = desk_context(request, f"Plan: {story}", form=form, story=story)
    return render(request, "editorial/plan.html", context)


def form_for(request: HttpRequest, story: Article) -> PlanForm:
    """The form with what is planned now."""
    assignment = Assignment.objects.filter(article=story).select_related("assignee").first() or Assignment()
    initial = {name: getattr(assignment, name) for name in PlanForm.base_fields}
    return PlanForm(
        request.POST or None, by=signed_in_user(request), current=assignment.assignee, initial=initial
    )
