"""Measurements: ratios in one run, never asserted by a test."""
