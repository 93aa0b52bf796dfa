"""Phrases in a posting that a person should look at. Pure: no database, no clock; a hit is an inference, not a fact.

A phrase is one that is unlawful or doubtful as it stands (“限男”, “交押金”), never a bare word (“男”, “押金”): then
“男女不限” and “不收押金” say nothing. Some shapes that no list can hold (numbers of years, of phones) are patterns
beside the list. `…` within a phrase stands for up to six characters of the same clause.
"""

from employers.lexicon.matcher import MATCHER, Entry, Hit, Matcher, version_of
from employers.lexicon.patterns import asks_for_children

__all__ = ["MATCHER", "Entry", "Hit", "Matcher", "asks_for_children", "version_of"]
