"""The desk's own pages. Those under admin/ are for staff (`views.guard`)."""

from django.urls import URLPattern, path

from editorial.views import begin, pictures, reports, stories, timeline

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("admin/desk/begin/", begin.begin, name="begin"),
    path("admin/desk/pictures/", pictures.library, name="pictures"),
    path("admin/desk/stories/", stories.search, name="stories"),
    path("admin/desk/stories/<int:pk>/timeline/", timeline.show, name="timeline"),
    path("admin/desk/reports/", reports.show, name="reports"),
]
