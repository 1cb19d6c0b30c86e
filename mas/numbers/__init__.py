"""Numbers that prove themselves: tax numbers by country, bank accounts by scheme. Pure functions, no database."""
