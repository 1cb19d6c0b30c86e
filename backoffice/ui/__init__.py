"""The page toolkit: page bases, tables, filters, forms, charts, base templates and template tags."""
