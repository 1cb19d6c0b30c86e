"""The URL conf of every store view; the middleware has already taken the view's prefix off."""

from django.urls import include, path

from backoffice.storefront import urls

urlpatterns = [path("", include((urls.urlpatterns, "storefront")))]

handler404 = "backoffice.ui.errors.not_found"
handler403 = "backoffice.ui.errors.forbidden"
handler500 = "backoffice.ui.errors.server_error"
