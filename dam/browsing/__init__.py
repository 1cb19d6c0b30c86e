"""What the console's asset browser and the portal's media page have in common: grid, filters, forms, pages."""
