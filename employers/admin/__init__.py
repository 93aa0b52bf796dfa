"""The officers' desk for employers and postings; each noun has its own room."""

from employers.admin import answers, documents, employers, licences, members, oversight, postings

__all__ = ["answers", "documents", "employers", "licences", "members", "oversight", "postings"]
