"""The demo marketplace: data and pictures of our own making, loaded through the same operations people use."""
