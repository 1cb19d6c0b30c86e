from django.urls import URLPattern, URLResolver, path

from mas.portal import bank_accounts, checklist, company, documents, registration, shop, terms

urlpatterns: list[URLPattern | URLResolver] = [
    path("register/<str:token>/", registration.RegisterView.as_view(), name="mas-registration-form"),
    path("checklist/", checklist.ChecklistView.as_view(), name="mas-checklist-detail"),
    path("checklist/hand-in/", checklist.SubmitOnboardingView.as_view(), name="mas-checklist-submit"),
    path("checklist/<slug:code>/", checklist.ChecklistItemView.as_view(), name="mas-checklist-item"),
    path("company/", company.CompanyDetailView.as_view(), name="mas-company-detail"),
    path("company/profile/", company.ChangeProfileView.as_view(), name="mas-profile-edit"),
    path("company/legal/", company.SetCompanyView.as_view(), name="mas-company-edit"),
    path("company/tax-number/", company.SetTaxNumberView.as_view(), name="mas-tax_number-edit"),
    path(
        "company/tax-number/<str:country>/<slug:kind>/remove/",
        company.RemoveTaxNumberView.as_view(),
        name="mas-tax_number-remove",
    ),
    path("company/representative/", company.SetRepresentativeView.as_view(), name="mas-representative-edit"),
    path(
        "company/representative/remove/",
        company.RemoveRepresentativeView.as_view(),
        name="mas-representative-remove",
    ),
    path("company/addresses/<slug:kind>/", company.SetAddressView.as_view(), name="mas-address-edit"),
    path(
        "company/addresses/<slug:kind>/remove/",
        company.RemoveAddressView.as_view(),
        name="mas-address-remove",
    ),
    path("bank-account/", bank_accounts.BankAccountView.as_view(), name="mas-bank_account-detail"),
    path("bank-account/change/", bank_accounts.SetBankAccountView.as_view(), name="mas-bank_account-edit"),
    path("documents/", documents.DocumentListView.as_view(), name="mas-document-list"),
    path("documents/upload/<slug:code>/", documents.UploadDocumentView.as_view(), name="mas-document-upload"),
    path("documents/<str:ref>/file/", documents.DocumentFileView.as_view(), name="mas-document-file"),
    path("terms/", terms.TermsView.as_view(), name="mas-terms-detail"),
    path("holidays/", shop.HolidaysView.as_view(), name="mas-holiday-edit"),
    path("holidays/end/", shop.EndHolidaysView.as_view(), name="mas-holiday-end"),
    path("shop/", shop.ShopTextView.as_view(), name="mas-shop-detail"),
    path("shop/logo/", shop.SetLogoView.as_view(), name="mas-logo-edit"),
    path("shop/<str:language>/", shop.ShopTextView.as_view(), name="mas-shop-edit"),
]
