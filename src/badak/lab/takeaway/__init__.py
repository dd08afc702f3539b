"""What can be taken away from the lab: files that work without it."""

from badak.lab.takeaway.taking import TAKEN, take

__all__ = ["TAKEN", "take"]
