"""Languages and colour themes of pictures and reports, and how much they show."""

LANGUAGES = ("en", "ko")
THEMES = ("light", "dark")

SHOWN = 20
"""Columns of a table that an explanation shows at most where nothing else is asked."""
