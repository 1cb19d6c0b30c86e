"""Product information: families, cards, offers, prices, categories, matching, feeds in and out, search.

Owns what a thing is (card) and on which terms a merchant sells it (offer). It does not own stock (OMS states
availability as a stored fact on the offer), pictures (DAM; only their uuid is kept) nor fees (billing).
"""
