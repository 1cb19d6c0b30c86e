from django.urls import URLPattern, URLResolver, path

from mms.console import (
    api_keys,
    audit,
    mails,
    preferences,
    roles,
    saved_views,
    stores,
    tasks,
    tax_rates,
    users,
    work,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("tasks/", tasks.TaskListView.as_view(), name="mms-task-list"),
    path("tasks/<str:ref>/claim/", tasks.ClaimTaskView.as_view(), name="mms-task-claim"),
    path("tasks/<str:ref>/close/", tasks.CloseTaskView.as_view(), name="mms-task-close"),
    path("settings/stores/", stores.StoreTreeView.as_view(), name="mms-store-list"),
    path("settings/websites/new/", stores.CreateWebsiteView.as_view(), name="mms-website-create"),
    path("settings/websites/<slug:code>/", stores.ChangeWebsiteView.as_view(), name="mms-website-change"),
    path("settings/stores/<slug:code>/views/new/", stores.CreateViewView.as_view(), name="mms-view-create"),
    path("settings/views/<slug:code>/", stores.ChangeViewView.as_view(), name="mms-view-change"),
    path("settings/users/", users.UserListView.as_view(), name="mms-user-list"),
    path("settings/users/new/", users.CreateUserView.as_view(), name="mms-user-create"),
    path("settings/users/<str:ref>/", users.UserDetailView.as_view(), name="mms-user-detail"),
    path("settings/users/<str:ref>/edit/", users.ChangeUserView.as_view(), name="mms-user-change"),
    path("settings/users/<str:ref>/roles/", users.AssignRoleView.as_view(), name="mms-user-role-assign"),
    path(
        "settings/users/<str:ref>/roles/<slug:role>/remove/",
        users.RemoveRoleView.as_view(),
        name="mms-user-role-remove",
    ),
    path("settings/roles/", roles.RoleMatrixView.as_view(), name="mms-role-list"),
    path("settings/roles/new/<slug:audience>/", roles.CreateRoleView.as_view(), name="mms-role-create"),
    path("settings/roles/<slug:code>/", roles.ChangeRoleView.as_view(), name="mms-role-change"),
    path("settings/api-keys/", api_keys.ApiKeyListView.as_view(), name="mms-api-key-list"),
    path("settings/api-keys/new/", api_keys.CreateApiKeyView.as_view(), name="mms-api-key-create"),
    path(
        "settings/api-keys/<str:ref>/revoke/", api_keys.RevokeApiKeyView.as_view(), name="mms-api-key-revoke"
    ),
    path("settings/tax-rates/", tax_rates.TaxRateListView.as_view(), name="mms-tax-rate-list"),
    path("settings/tax-rates/new/", tax_rates.EnterTaxRateView.as_view(), name="mms-tax-rate-create"),
    path(
        "settings/preferences/",
        preferences.PreferenceListView.as_view(),
        name="mms-preference-home",
    ),
    path(
        "settings/preferences/<str:scope>/",
        preferences.PreferenceListView.as_view(),
        name="mms-preference-list",
    ),
    path(
        "settings/preferences/<str:scope>/<str:code>/",
        preferences.StatePreferenceView.as_view(),
        name="mms-preference-state",
    ),
    path(
        "settings/preferences/<str:scope>/<str:code>/inherit/",
        preferences.InheritPreferenceView.as_view(),
        name="mms-preference-inherit",
    ),
    path("settings/mails/", mails.MailListView.as_view(), name="mms-mail-list"),
    path("settings/mails/<str:ref>/", mails.MailDetailView.as_view(), name="mms-mail-detail"),
    path("settings/mails/<str:ref>/resend/", mails.ResendMailView.as_view(), name="mms-mail-resend"),
    path("settings/audit/", audit.AuditListView.as_view(), name="mms-audit-list"),
    path("settings/deliveries/", work.DeliveryListView.as_view(), name="mms-delivery-list"),
    path("views/save/", saved_views.SaveViewView.as_view(), name="mms-saved-view-save"),
    path("views/forget/", saved_views.ForgetViewView.as_view(), name="mms-saved-view-forget"),
    path("views/restore/", saved_views.RestoreViewView.as_view(), name="mms-saved-view-restore"),
]
