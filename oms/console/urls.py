"""Pages of the console: orders, payments, stock, delivery grid, time limits."""

from django.urls import URLPattern, URLResolver, path

from oms.console import (
    acts,
    calendars,
    carriers,
    incidents,
    messages,
    orders,
    payments,
    reconciliation,
    rescue,
    settings,
    time_rules,
    vouchers,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("orders/", orders.OrderListView.as_view(), name="oms-order-list"),
    path("orders/parts/", orders.MerchantOrderListView.as_view(), name="oms-merchant_order-list"),
    path("orders/stuck/", payments.StuckListView.as_view(), name="oms-stuck-list"),
    path("orders/stuck/commands/<str:key>/", rescue.LookUpAttemptView.as_view(), name="oms-attempt-look_up"),
    path(
        "orders/stuck/commands/<str:key>/outcome/",
        rescue.StateOutcomeView.as_view(),
        name="oms-attempt-outcome",
    ),
    path(
        "orders/stuck/messages/<int:pk>/",
        rescue.HandleNotificationView.as_view(),
        name="oms-notification-retry",
    ),
    path("orders/messages/", messages.MessageListView.as_view(), name="oms-notification-list"),
    path("orders/transfers/", payments.TransferListView.as_view(), name="oms-payment-list"),
    path("orders/refunds/", payments.RefundListView.as_view(), name="oms-refund-list"),
    path("orders/incidents/", incidents.IncidentListView.as_view(), name="oms-incident-list"),
    path("orders/incidents/<str:ref>/", incidents.IncidentDetailView.as_view(), name="oms-incident-detail"),
    path(
        "orders/incidents/<str:ref>/close/", incidents.CloseIncidentView.as_view(), name="oms-incident-close"
    ),
    path(
        "orders/incidents/<str:ref>/reopen/",
        incidents.ReopenIncidentView.as_view(),
        name="oms-incident-reopen",
    ),
    path("orders/stock/", settings.StockListView.as_view(), name="oms-stock-list"),
    path(
        "orders/stock/reconciliation/",
        reconciliation.ReconciliationListView.as_view(),
        name="oms-reconciliation-list",
    ),
    path(
        "orders/stock/reconciliation/run/",
        reconciliation.ReconcileView.as_view(),
        name="oms-reconciliation-run",
    ),
    path(
        "orders/stock/reconciliation/repair/",
        reconciliation.ReconcileView.as_view(repair=True),
        name="oms-reconciliation-repair",
    ),
    path(
        "orders/stock/reconciliation/<str:ref>/",
        reconciliation.ReconciliationDetailView.as_view(),
        name="oms-reconciliation-detail",
    ),
    path("orders/stock/hot/", reconciliation.HotStockListView.as_view(), name="oms-hot_stock-list"),
    path("orders/vouchers/", vouchers.VoucherListView.as_view(), name="oms-voucher-list"),
    path("orders/vouchers/<str:ref>/", vouchers.VoucherDetailView.as_view(), name="oms-voucher-detail"),
    path("orders/vouchers/<str:ref>/end/", vouchers.VoucherEndView.as_view(), name="oms-voucher-end"),
    path("orders/<str:ref>/", orders.OrderDetailView.as_view(), name="oms-order-detail"),
    path("orders/<str:ref>/paid/", acts.MarkPaidView.as_view(), name="oms-order-paid"),
    path("orders/parts/<str:ref>/accept/", acts.AcceptOrderView.as_view(), name="oms-part-accept"),
    path("orders/parts/<str:ref>/answer/", acts.AnswerOrderView.as_view(), name="oms-part-answer"),
    path("orders/parts/<str:ref>/ship/", acts.ShipOrderView.as_view(), name="oms-part-ship"),
    path("orders/parts/<str:ref>/cancel/", acts.CancelOrderView.as_view(), name="oms-part-cancel"),
    path("orders/parts/<str:ref>/refund/", acts.RefundOrderView.as_view(), name="oms-part-refund"),
    path(
        "orders/parts/<str:ref>/parcels/<str:shipment_ref>/news/",
        acts.CarrierNewsView.as_view(),
        name="oms-part-news",
    ),
    path("orders/parts/<str:ref>/incident/", incidents.OpenIncidentView.as_view(), name="oms-part-incident"),
    path("orders/parts/<str:ref>/receive/", acts.ReceiveOrderView.as_view(), name="oms-part-receive"),
    path("orders/parts/<str:ref>/capture/", acts.CaptureAgainView.as_view(), name="oms-part-capture"),
    path(
        "orders/parts/<str:ref>/collectable/",
        acts.CollectableOrderView.as_view(),
        name="oms-part-collectable",
    ),
    path("orders/parts/<str:ref>/invoice/", acts.InvoiceUploadView.as_view(), name="oms-part-invoice"),
    path(
        "orders/parts/<str:ref>/invoice/request/",
        acts.InvoiceRequestView.as_view(),
        name="oms-part-invoice-request",
    ),
    path("orders/parts/<str:ref>/invoice.pdf", acts.InvoiceFileView.as_view(), name="oms-part-invoice-file"),
    path("orders/parts/<str:ref>/packing-slip.pdf", acts.PackingSlipView.as_view(), name="oms-part-slip"),
    path(
        "orders/parts/<str:ref>/refunds/<str:refund_ref>/retry/",
        acts.RetryRefundView.as_view(),
        name="oms-refund-retry",
    ),
    path(
        "orders/parts/<str:ref>/refunds/<str:refund_ref>/confirm/",
        acts.ConfirmRefundView.as_view(),
        name="oms-refund-confirm",
    ),
    path("settings/delivery/points/new/", settings.PointCreateView.as_view(), name="oms-point-create"),
    path("settings/delivery/points/<str:ref>/", settings.PointEditView.as_view(), name="oms-point-edit"),
    path(
        "settings/delivery/points/<str:ref>/delete/",
        settings.PointDeleteView.as_view(),
        name="oms-point-delete",
    ),
    path("settings/delivery/", settings.DeliveryListView.as_view(), name="oms-delivery-list"),
    path("settings/delivery/new-zone/", settings.ZoneCreateView.as_view(), name="oms-zone-create"),
    path("settings/delivery/zones/<str:ref>/", settings.ZoneEditView.as_view(), name="oms-zone-edit"),
    path(
        "settings/delivery/zones/<str:ref>/delete/", settings.ZoneDeleteView.as_view(), name="oms-zone-delete"
    ),
    path(
        "settings/delivery/zones/<str:ref>/methods/new/",
        settings.MethodCreateView.as_view(),
        name="oms-method-create",
    ),
    path("settings/delivery/methods/<str:ref>/", settings.MethodEditView.as_view(), name="oms-method-edit"),
    path(
        "settings/delivery/methods/<str:ref>/delete/",
        settings.MethodDeleteView.as_view(),
        name="oms-method-delete",
    ),
    path("settings/time-limits/", time_rules.TimeRulesView.as_view(), name="oms-time_rule-list"),
    path("settings/holidays/", calendars.HolidayListView.as_view(), name="oms-holiday-list"),
    path("settings/holidays/new/", calendars.HolidayCreateView.as_view(), name="oms-holiday-create"),
    path("settings/carriers/", carriers.CarrierListView.as_view(), name="oms-carrier-list"),
    path("settings/carriers/new/", carriers.CarrierCreateView.as_view(), name="oms-carrier-create"),
    path("settings/carriers/<str:code>/", carriers.CarrierEditView.as_view(), name="oms-carrier-edit"),
    path(
        "merchants/<str:ref>/working-time/", calendars.MerchantTermsView.as_view(), name="oms-merchant-terms"
    ),
    path(
        "merchants/<str:ref>/vouchers/", vouchers.MerchantVouchersView.as_view(), name="oms-merchant-vouchers"
    ),
    path(
        "merchants/<str:ref>/fulfilment-centre/",
        calendars.CentreEditView.as_view(),
        name="oms-merchant-centre",
    ),
]
