"""Makes a large marketplace of a small one: every row of a demo purchase, product or merchant is copied many times
by INSERT … SELECT, with keys, refs and links moved along, so what was consistent stays consistent at any size."""
