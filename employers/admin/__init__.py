"""The officers' desk for employers and postings; each noun has its own room."""

from employers.admin import documents, employers, licences, members, oversight, postings

__all__ = ["documents", "employers", "licences", "members", "oversight", "postings"]
