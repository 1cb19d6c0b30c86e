"""Settings by environment (12-factor): `base` serves the demo and production, `test` the suite."""
