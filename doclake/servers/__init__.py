"""Servers of models that speak as OpenAI's does: how they are asked, and what they may cost."""
