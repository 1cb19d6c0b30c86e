"""Orders: stock, carts, orders split per merchant, payments, shipments, refunds; not fees and not the ledger."""
