"""Everything that happens to an interview. Use: `from labor.interviews import actions as interviews`."""
