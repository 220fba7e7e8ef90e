"""Pages under /accounts/ that stand beside allauth's, or around them."""

from allauth.account import views as allauth_views
from django.urls import path

from accounts.views import explain_lost_code, profile

urlpatterns = [
    path("profile/", profile, name="account_profile"),
    path("confirm-email/", explain_lost_code(allauth_views.email_verification_sent)),
    path("login/code/confirm/", explain_lost_code(allauth_views.confirm_login_code)),
    path("password/reset/confirm/", explain_lost_code(allauth_views.confirm_password_reset_code)),
]
