"""Promises that work is tried again; does not know what the work is."""
