from django.urls import URLPattern, URLResolver, path

from mas.console import bank_accounts, documents, invitations, merchants, onboarding, reviews, terms

urlpatterns: list[URLPattern | URLResolver] = [
    path("merchants/", merchants.MerchantListView.as_view(), name="mas-merchant-list"),
    path("merchants/invite/", invitations.InviteMerchantView.as_view(), name="mas-merchant-invite"),
    path("merchants/invitations/", invitations.InvitationListView.as_view(), name="mas-invitation-list"),
    path(
        "merchants/invitations/<str:ref>/resend/",
        invitations.ResendInvitationView.as_view(),
        name="mas-invitation-resend",
    ),
    path(
        "merchants/invitations/<str:ref>/revoke/",
        invitations.RevokeInvitationView.as_view(),
        name="mas-invitation-revoke",
    ),
    path("merchants/documents/", documents.DocumentListView.as_view(), name="mas-document-list"),
    path(
        "merchants/documents/<str:ref>/file/", documents.DocumentFileView.as_view(), name="mas-document-file"
    ),
    path(
        "merchants/documents/<str:ref>/accept/",
        documents.AcceptDocumentView.as_view(),
        name="mas-document-accept",
    ),
    path(
        "merchants/documents/<str:ref>/reject/",
        documents.RejectDocumentView.as_view(),
        name="mas-document-reject",
    ),
    path("merchants/onboarding/", onboarding.OnboardingView.as_view(), name="mas-onboarding-detail"),
    path("merchants/onboarding/start/", onboarding.StartChecklistView.as_view(), name="mas-onboarding-start"),
    path("merchants/onboarding/rules/", onboarding.SetPolicyView.as_view(), name="mas-policy-edit"),
    path("merchants/onboarding/items/add/", onboarding.SaveRuleView.as_view(), name="mas-rule-create"),
    path("merchants/onboarding/items/<str:ref>/", onboarding.SaveRuleView.as_view(), name="mas-rule-edit"),
    path(
        "merchants/onboarding/document-types/add/",
        onboarding.SaveDocumentTypeView.as_view(),
        name="mas-document_type-create",
    ),
    path(
        "merchants/onboarding/document-types/<slug:code>/",
        onboarding.SaveDocumentTypeView.as_view(),
        name="mas-document_type-edit",
    ),
    path("merchants/terms/", terms.TermsListView.as_view(), name="mas-terms-list"),
    path("merchants/terms/write/", terms.DraftTermsView.as_view(), name="mas-terms-create"),
    path("merchants/terms/<str:ref>/", terms.TermsDetailView.as_view(), name="mas-terms-detail"),
    path("merchants/terms/<str:ref>/change/", terms.DraftTermsView.as_view(), name="mas-terms-edit"),
    path("merchants/terms/<str:ref>/publish/", terms.PublishTermsView.as_view(), name="mas-terms-publish"),
    path("merchants/<str:ref>/", merchants.MerchantDetailView.as_view(), name="mas-merchant-detail"),
    path("merchants/<str:ref>/review/", reviews.ReviewView.as_view(), name="mas-merchant-review"),
    path("merchants/<str:ref>/approve/", reviews.ApproveView.as_view(), name="mas-merchant-approve"),
    path(
        "merchants/<str:ref>/approve-anyway/",
        reviews.ApproveAnywayView.as_view(),
        name="mas-merchant-approve_anyway",
    ),
    path("merchants/<str:ref>/return/", reviews.ReturnView.as_view(), name="mas-merchant-return"),
    path("merchants/<str:ref>/reject/", reviews.RejectView.as_view(), name="mas-merchant-reject"),
    path("merchants/<str:ref>/suspend/", reviews.SuspendView.as_view(), name="mas-merchant-suspend"),
    path("merchants/<str:ref>/reinstate/", reviews.ReinstateView.as_view(), name="mas-merchant-reinstate"),
    path("merchants/<str:ref>/close/", reviews.CloseView.as_view(), name="mas-merchant-close"),
    path("merchants/<str:ref>/agreement/", reviews.SetMerchantTermsView.as_view(), name="mas-merchant-terms"),
    path("merchants/<str:ref>/kyc/approve/", reviews.ApproveKycView.as_view(), name="mas-kyc-approve"),
    path("merchants/<str:ref>/kyc/refuse/", reviews.RefuseKycView.as_view(), name="mas-kyc-refuse"),
    path("merchants/<str:ref>/kyc/waive/", reviews.WaiveKycView.as_view(), name="mas-kyc-waive"),
    path(
        "merchants/<str:ref>/bank-account/verify/",
        bank_accounts.VerifyBankAccountView.as_view(),
        name="mas-bank_account-verify",
    ),
    path(
        "merchants/<str:ref>/checklist/<slug:code>/waive/",
        reviews.WaiveItemView.as_view(),
        name="mas-item-waive",
    ),
    path(
        "merchants/<str:ref>/checklist/<slug:code>/check/",
        reviews.OperatorCheckView.as_view(),
        name="mas-item-check",
    ),
]
