"""Files that merchants send in."""
