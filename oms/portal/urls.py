"""Pages of the portal: orders, stock, delivery."""

from django.urls import URLPattern, URLResolver, path

from oms.portal import (
    counts,
    delivery,
    fulfilment,
    incidents,
    inspections,
    kits,
    order_acts,
    orders,
    parcel_acts,
    pickup_points,
    places,
    stock,
    tracking_files,
    transfers,
    vouchers,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("orders/", orders.MerchantOrderListView.as_view(), name="oms-order-list"),
    path("orders/by-file/", tracking_files.TrackingUploadView.as_view(), name="oms-tracking-upload"),
    path(
        "orders/by-file/template.csv",
        tracking_files.TrackingTemplateView.as_view(),
        name="oms-tracking-template",
    ),
    path(
        "orders/by-file/<str:ref>/", tracking_files.TrackingDetailView.as_view(), name="oms-tracking-detail"
    ),
    path(
        "orders/by-file/<str:ref>/failed.csv",
        tracking_files.TrackingFailedView.as_view(),
        name="oms-tracking-failed",
    ),
    path("orders/incidents/", incidents.IncidentListView.as_view(), name="oms-incident-list"),
    path("orders/incidents/<str:ref>/", incidents.IncidentDetailView.as_view(), name="oms-incident-detail"),
    path(
        "orders/incidents/<str:ref>/answer/",
        incidents.ResolveIncidentView.as_view(),
        name="oms-incident-resolve",
    ),
    path("orders/<str:ref>/", orders.MerchantOrderDetailView.as_view(), name="oms-order-detail"),
    path("orders/<str:ref>/accept/", order_acts.AcceptOrderView.as_view(), name="oms-order-accept"),
    path("orders/<str:ref>/answer/", order_acts.AnswerOrderView.as_view(), name="oms-order-answer"),
    path("orders/<str:ref>/ship/", order_acts.ShipOrderView.as_view(), name="oms-order-ship"),
    path(
        "orders/<str:ref>/collectable/",
        order_acts.CollectableOrderView.as_view(),
        name="oms-order-collectable",
    ),
    path(
        "orders/<str:ref>/parcels/<str:shipment_ref>/news/",
        parcel_acts.CarrierNewsView.as_view(),
        name="oms-order-news",
    ),
    path("orders/<str:ref>/cancel/", order_acts.CancelOrderView.as_view(), name="oms-order-cancel"),
    path("orders/<str:ref>/refund/", order_acts.RefundOrderView.as_view(), name="oms-order-refund"),
    path(
        "orders/<str:ref>/refunds/<str:refund_ref>/retry/",
        order_acts.RetryRefundView.as_view(),
        name="oms-order-refund-retry",
    ),
    path("orders/<str:ref>/invoice/", order_acts.InvoiceUploadView.as_view(), name="oms-order-invoice"),
    path("orders/<str:ref>/invoice.pdf", order_acts.InvoiceFileView.as_view(), name="oms-order-invoice-file"),
    path("orders/<str:ref>/packing-slip.pdf", order_acts.PackingSlipView.as_view(), name="oms-order-slip"),
    path("stock/", stock.StockListView.as_view(), name="oms-stock-list"),
    path("stock/running-out/", stock.AlertListView.as_view(), name="oms-alert-list"),
    path("stock/places/", places.LocationListView.as_view(), name="oms-location-list"),
    path("stock/places/new/", places.LocationCreateView.as_view(), name="oms-location-create"),
    path("stock/places/<str:ref>/", places.LocationEditView.as_view(), name="oms-location-edit"),
    path("stock/places/<str:ref>/feed/", places.FeedStoreView.as_view(), name="oms-location-feed"),
    path(
        "stock/places/<str:ref>/stop/<slug:store>/",
        places.StopFeedingView.as_view(),
        name="oms-location-stop",
    ),
    path("stock/counts/", counts.CountListView.as_view(), name="oms-count-list"),
    path("stock/counts/new/", counts.CountCreateView.as_view(), name="oms-count-create"),
    path("stock/counts/<str:ref>/", counts.CountDetailView.as_view(), name="oms-count-detail"),
    path("stock/counts/<str:ref>/post/", counts.PostCountView.as_view(), name="oms-count-post"),
    path("stock/counts/<str:ref>/cancel/", counts.CancelCountView.as_view(), name="oms-count-cancel"),
    path("stock/transfers/", transfers.TransferListView.as_view(), name="oms-transfer-list"),
    path("stock/transfers/new/", transfers.TransferCreateView.as_view(), name="oms-transfer-create"),
    path("stock/transfers/<str:ref>/", transfers.TransferDetailView.as_view(), name="oms-transfer-detail"),
    path(
        "stock/transfers/<str:ref>/receive/",
        transfers.ReceiveTransferView.as_view(),
        name="oms-transfer-receive",
    ),
    path(
        "stock/transfers/<str:ref>/return/",
        transfers.ReturnTransferView.as_view(),
        name="oms-transfer-return",
    ),
    path("stock/kits/", kits.KitListView.as_view(), name="oms-kit-list"),
    path("stock/kits/new/", kits.KitCreateView.as_view(), name="oms-kit-create"),
    path("stock/kits/<str:ref>/", kits.KitEditView.as_view(), name="oms-kit-edit"),
    path("stock/kits/<str:ref>/dissolve/", kits.DissolveKitView.as_view(), name="oms-kit-dissolve"),
    path("stock/returned/", inspections.InspectionListView.as_view(), name="oms-inspection-list"),
    path("orders/<str:ref>/inspect/", inspections.InspectView.as_view(), name="oms-order-inspect"),
    path(
        "stock/of/<str:offer_ref>/<str:location_ref>/", stock.StockEditView.as_view(), name="oms-stock-edit"
    ),
    path("vouchers/", vouchers.VoucherListView.as_view(), name="oms-voucher-list"),
    path("vouchers/new/", vouchers.VoucherCreateView.as_view(), name="oms-voucher-create"),
    path("vouchers/<str:ref>/", vouchers.VoucherEditView.as_view(), name="oms-voucher-edit"),
    path("vouchers/<str:ref>/end/", vouchers.VoucherEndView.as_view(), name="oms-voucher-end"),
    path("working-time/", fulfilment.TermsEditView.as_view(), name="oms-terms"),
    path("delivery/points/new/", pickup_points.PointCreateView.as_view(), name="oms-point-create"),
    path("delivery/points/<str:ref>/", pickup_points.PointEditView.as_view(), name="oms-point-edit"),
    path(
        "delivery/points/<str:ref>/delete/", pickup_points.PointDeleteView.as_view(), name="oms-point-delete"
    ),
    path("delivery/", delivery.DeliveryListView.as_view(), name="oms-delivery-list"),
    path("delivery/new-zone/", delivery.ZoneCreateView.as_view(), name="oms-zone-create"),
    path("delivery/zones/<str:ref>/", delivery.ZoneEditView.as_view(), name="oms-zone-edit"),
    path("delivery/zones/<str:ref>/delete/", delivery.ZoneDeleteView.as_view(), name="oms-zone-delete"),
    path(
        "delivery/zones/<str:ref>/methods/new/", delivery.MethodCreateView.as_view(), name="oms-method-create"
    ),
    path("delivery/methods/<str:ref>/", delivery.MethodEditView.as_view(), name="oms-method-edit"),
    path("delivery/methods/<str:ref>/delete/", delivery.MethodDeleteView.as_view(), name="oms-method-delete"),
]
