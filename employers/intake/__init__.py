"""Readers of postings that come from elsewhere: pure, no database, no clock."""
