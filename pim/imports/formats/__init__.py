"""Reading tables: CSV in any common encoding, XLSX; always row by row."""
