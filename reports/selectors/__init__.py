"""The numbers: each grouped figure is a sum over the same rows that its drill-down lists."""
