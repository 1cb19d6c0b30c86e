"""Files for banks, as pure functions from transfers to bytes and back to control figures."""
