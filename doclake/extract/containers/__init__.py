"""Packages that hold other files: ZIP, OLE, and the XML inside them."""
