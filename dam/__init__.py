"""Digital assets: originals by hash, renditions, rights; separable: no foreign key crosses its border."""
