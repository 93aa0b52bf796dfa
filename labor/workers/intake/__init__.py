"""Reads the workbooks that brokers and park staff send: pure, no database."""
