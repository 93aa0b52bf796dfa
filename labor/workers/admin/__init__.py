"""The officers' desk for workers; each noun has its own room."""

from labor.workers.admin import workers

__all__ = ["workers"]
