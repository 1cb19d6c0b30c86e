"""Documents and files that leave the order system."""
