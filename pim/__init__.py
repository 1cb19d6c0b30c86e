"""Product information: families, cards, offers, prices, categories, matching, feeds in and out, search; not stock counters."""
