"""Doclake over HTTP and MCP. Nothing here decides what a search finds or who may see it."""
