"""The officers' desk for live sessions; each noun has its own room."""

from labor.live.admin import sessions, studios

__all__ = ["sessions", "studios"]
