"""The officers' desk for live sessions; each noun has its own room."""

from labor.live.admin import rooms, sessions, studios

__all__ = ["rooms", "sessions", "studios"]
