"""The desk's own pages. Those under admin/ are for staff (`views.guard`)."""

from django.urls import URLPattern, path

from editorial.views import (
    begin,
    board,
    calendar,
    comments,
    compare,
    guest,
    guests,
    merging,
    moves,
    notifications,
    pictures,
    plan,
    preflight,
    preview,
    reports,
    revisions,
    sitting,
    stories,
    timeline,
)

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("admin/desk/begin/", begin.begin, name="begin"),
    path("admin/desk/board/", board.show, name="board"),
    path("admin/desk/calendar/", calendar.show, name="calendar"),
    path("admin/desk/stories/<int:pk>/moves/", moves.choose, name="moves"),
    path("admin/desk/stories/<int:pk>/move/", moves.move, name="move"),
    path("admin/desk/stories/<int:pk>/when/<slug:kind>/", calendar.reschedule, name="reschedule"),
    path("admin/desk/stories/<int:pk>/plan/", plan.plan, name="plan"),
    path("admin/desk/pictures/", pictures.library, name="pictures"),
    path("admin/desk/stories/", stories.search, name="stories"),
    path("admin/desk/stories/<int:pk>/preflight/", preflight.show, name="preflight"),
    path("admin/desk/stories/<int:pk>/comments/", comments.comments, name="comments"),
    path("admin/desk/stories/<int:pk>/guest/", guests.invite, name="guest"),
    path("admin/desk/guests/<int:pk>/revoke/", guests.revoke, name="guest_revoke"),
    path("admin/desk/stories/<int:pk>/preview/", preview.preview, name="preview"),
    path("review/<str:token>/", guest.review, name="review"),
    path("admin/desk/stories/<int:pk>/timeline/", timeline.show, name="timeline"),
    path("admin/desk/stories/<int:pk>/revisions/", revisions.show, name="revisions"),
    path("admin/desk/stories/<int:pk>/revisions/compare/", compare.show, name="compare"),
    path("admin/desk/stories/<int:pk>/revisions/<int:number>/", revisions.look, name="revision"),
    path("admin/desk/stories/<int:pk>/revisions/<int:number>/name/", revisions.name, name="name_revision"),
    path("admin/desk/stories/<int:pk>/revisions/<int:number>/restore/", revisions.restore, name="restore"),
    path("admin/desk/reports/", reports.show, name="reports"),
    path("admin/desk/stories/<int:pk>/sitting/", sitting.sitting, name="sitting"),
    path("admin/desk/stories/<int:pk>/sitting/<int:sitting_pk>/discard/", sitting.discard, name="discard"),
    path("admin/desk/stories/<int:pk>/merge/<int:sitting_pk>/", merging.merge, name="merge"),
    path("admin/desk/notifications/", notifications.show, name="notifications"),
    path("admin/desk/notifications/read/", notifications.read, name="notifications_read"),
    path("admin/desk/notifications/settings/", notifications.settings, name="notification_settings"),
    path("admin/desk/notifications/<int:pk>/", notifications.follow, name="notification"),
]
