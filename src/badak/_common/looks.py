"""Names of the languages and colour themes of pictures and reports."""

LANGUAGES = ("en", "ko")
THEMES = ("light", "dark")
