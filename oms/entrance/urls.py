"""Where payment providers post their messages."""

from django.urls import URLPattern, URLResolver, path

from oms.entrance.notifications import PaymentNotificationView

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "payments/<str:provider>/", PaymentNotificationView.as_view(), name="oms-payment_notification-create"
    ),
]
