"""The officers' desk for workers; each noun has its own room."""

from labor.workers.admin import intake, workers

__all__ = ["intake", "workers"]
