"""Lessons: each of badak's experiments as a preset that one runs, bends and resets."""

from badak.lab.lessons.base import Lesson
from badak.lab.lessons.registry import LESSONS, get

__all__ = ["LESSONS", "Lesson", "get"]
