"""Digital assets: originals kept by hash, renditions by preset, where-used, private files by signed link.

Owns pictures, videos, 3D models and documents and everything about their bytes. It does not know what uses them: other
apps keep an asset's uuid, never a foreign key, and report usage here. Nothing in this package imports an app above.
"""
