"""Files from strangers: told by their content, decoded in a child process, and kept only as pictures drawn anew."""

from jinba.core.uploads.cleaning import Clean, cleaned
from jinba.core.uploads.kinds import WANTED
from jinba.core.uploads.names import plain_name
from jinba.core.uploads.pages import page_of

__all__ = ["WANTED", "Clean", "cleaned", "page_of", "plain_name"]
