from django.urls import URLPattern, URLResolver, path

from mms.portal import api_keys, saved_views, team

urlpatterns: list[URLPattern | URLResolver] = [
    path("team/", team.TeamView.as_view(), name="mms-team"),
    path("team/invite/", team.InviteMemberView.as_view(), name="mms-member-invite"),
    path("team/members/<str:ref>/", team.ChangeMemberView.as_view(), name="mms-member-change"),
    path("team/members/<str:ref>/remove/", team.RemoveMemberView.as_view(), name="mms-member-remove"),
    path(
        "team/invitations/<str:ref>/revoke/",
        team.RevokeInvitationView.as_view(),
        name="mms-invitation-revoke",
    ),
    path("api-keys/", api_keys.ApiKeyListView.as_view(), name="mms-api-key-list"),
    path("api-keys/new/", api_keys.CreateApiKeyView.as_view(), name="mms-api-key-create"),
    path("api-keys/<str:ref>/revoke/", api_keys.RevokeApiKeyView.as_view(), name="mms-api-key-revoke"),
    path("views/save/", saved_views.SaveViewView.as_view(), name="mms-saved-view-save"),
    path("views/forget/", saved_views.ForgetViewView.as_view(), name="mms-saved-view-forget"),
    path("views/restore/", saved_views.RestoreViewView.as_view(), name="mms-saved-view-restore"),
]
