"""Files of billing for people: statements."""
