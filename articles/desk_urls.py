"""Pages of the paywall among the admin's; included before it, as it answers all other addresses there."""

from django.urls import path

from articles.views import support

urlpatterns = [
    path("admin/books/readers/<int:pk>/free-stories/set/", support.allowance, name="support_allowance"),
    path("admin/books/readers/<int:pk>/key/<int:of>/revoke/", support.revoke, name="support_revoke_key"),
]
