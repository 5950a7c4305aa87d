"""Measurements run by hand, side by side with what a Python caller would use instead. Never timed in CI."""
