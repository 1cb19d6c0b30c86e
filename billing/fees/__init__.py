"""The fee engine: pure functions over frozen rules. No database, no clock; every result explains itself."""
