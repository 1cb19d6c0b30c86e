"""Which postings each business event makes: pure functions, no database, one file per kind of event."""
