"""Payment providers: one outside party each."""
