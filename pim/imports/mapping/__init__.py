"""How columns become our fields: definitions, transforms, proposals by header name."""
