"""Pages of buyers: cart, checkout, orders."""

from django.urls import URLPattern, URLResolver, path

from oms.storefront import cart, checkout, incidents, orders

urlpatterns: list[URLPattern | URLResolver] = [
    path("cart/", cart.CartDetailView.as_view(), name="oms-cart-detail"),
    path("cart/add/", cart.CartAddView.as_view(), name="oms-cart-add"),
    path("cart/delivery/", cart.CartDeliveryView.as_view(), name="oms-cart-delivery"),
    path("cart/lines/<str:offer_ref>/", cart.CartLineView.as_view(), name="oms-cart-line"),
    path("cart/voucher/", cart.CartVoucherView.as_view(), name="oms-cart-voucher"),
    path("cart/voucher/remove/", cart.CartVoucherRemoveView.as_view(), name="oms-cart-voucher-remove"),
    path("checkout/", checkout.CheckoutDetailsView.as_view(), name="oms-checkout-details"),
    path("checkout/payment/", checkout.CheckoutPaymentView.as_view(), name="oms-checkout-payment"),
    path("order/find/", orders.OrderFindView.as_view(), name="oms-order-find"),
    path("order/<str:token>/", orders.OrderTrackView.as_view(), name="oms-order-track"),
    path("order/<str:token>/done/", orders.OrderDoneView.as_view(), name="oms-order-done"),
    path("order/<str:token>/return/", orders.PaymentReturnView.as_view(), name="oms-payment-return"),
    path("order/<str:token>/other-payment/", orders.PaymentGiveUpView.as_view(), name="oms-payment-give_up"),
    path("order/<str:token>/test-bank/", orders.TestBankView.as_view(), name="oms-payment-test_bank"),
    path(
        "order/<str:token>/<int:position>/received/",
        orders.ReceiptConfirmView.as_view(),
        name="oms-order-receive",
    ),
    path(
        "order/<str:token>/<int:position>/cancel/", orders.OrderCancelView.as_view(), name="oms-order-cancel"
    ),
    path(
        "order/<str:token>/<int:position>/invoice/",
        orders.InvoiceRequestView.as_view(),
        name="oms-order-invoice",
    ),
    path(
        "order/<str:token>/<int:position>/invoice.pdf",
        orders.InvoiceFileView.as_view(),
        name="oms-order-invoice-file",
    ),
    path(
        "order/<str:token>/<int:position>/problem/",
        incidents.ReportProblemView.as_view(),
        name="oms-order-problem",
    ),
    path(
        "order/<str:token>/<int:position>/problem/<int:line>/solved/",
        incidents.ProblemSolvedView.as_view(),
        name="oms-order-problem-solved",
    ),
    path(
        "order/<str:token>/<int:position>/problem/<int:line>/not-solved/",
        incidents.ProblemNotSolvedView.as_view(),
        name="oms-order-problem-not_solved",
    ),
]
