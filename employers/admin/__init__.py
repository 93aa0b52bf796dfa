"""The officers' desk for employers and postings; each noun has its own room."""

from employers.admin import employers, members, oversight, postings

__all__ = ["employers", "members", "oversight", "postings"]
