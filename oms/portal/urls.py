"""Pages of the portal: orders, stock, delivery."""

from django.urls import URLPattern, URLResolver, path

from oms.portal import delivery, order_acts, orders, stock

urlpatterns: list[URLPattern | URLResolver] = [
    path("orders/", orders.MerchantOrderListView.as_view(), name="oms-order-list"),
    path("orders/<str:ref>/", orders.MerchantOrderDetailView.as_view(), name="oms-order-detail"),
    path("orders/<str:ref>/accept/", order_acts.AcceptOrderView.as_view(), name="oms-order-accept"),
    path("orders/<str:ref>/answer/", order_acts.AnswerOrderView.as_view(), name="oms-order-answer"),
    path("orders/<str:ref>/ship/", order_acts.ShipOrderView.as_view(), name="oms-order-ship"),
    path(
        "orders/<str:ref>/collectable/",
        order_acts.CollectableOrderView.as_view(),
        name="oms-order-collectable",
    ),
    path("orders/<str:ref>/cancel/", order_acts.CancelOrderView.as_view(), name="oms-order-cancel"),
    path("orders/<str:ref>/refund/", order_acts.RefundOrderView.as_view(), name="oms-order-refund"),
    path(
        "orders/<str:ref>/refunds/<str:refund_ref>/retry/",
        order_acts.RetryRefundView.as_view(),
        name="oms-order-refund-retry",
    ),
    path("orders/<str:ref>/packing-slip.pdf", order_acts.PackingSlipView.as_view(), name="oms-order-slip"),
    path("stock/", stock.StockListView.as_view(), name="oms-stock-list"),
    path("stock/new-place/", stock.LocationCreateView.as_view(), name="oms-location-create"),
    path("stock/<str:offer_ref>/<str:location_ref>/", stock.StockEditView.as_view(), name="oms-stock-edit"),
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
