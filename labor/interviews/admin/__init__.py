"""The officers' desk for interviews; each noun has its own room."""

from labor.interviews.admin import booths, interviews, rooms

__all__ = ["booths", "interviews", "rooms"]
