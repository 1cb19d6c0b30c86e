from django.urls import URLPattern, URLResolver, path

from mms.account.invitation import AcceptInvitationView

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/invitation/<str:token>/", AcceptInvitationView.as_view(), name="mms-invitation"),
]
