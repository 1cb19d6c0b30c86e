"""Analytics over everything; reads all apps, changes nothing, imported by nobody."""
