"""A company's books and a merchant that can be paid, as the tests of billing have them."""

from tests.billing.conftest import books, seller

__all__ = ["books", "seller"]
