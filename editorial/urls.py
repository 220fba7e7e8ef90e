"""The desk's own pages. Those under admin/ are for staff (`views.guard`)."""

from django.urls import URLPattern

app_name = "desk"

urlpatterns: list[URLPattern] = []
