from tests.api.conftest import merchant_client, operator_client, storefront_client

__all__ = ["merchant_client", "operator_client", "storefront_client"]
