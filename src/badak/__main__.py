"""`python -m badak` is the command `badak`."""

from badak.cli import main

main()
