"""Bytes from outside, read in a child that can be killed. Nothing here sees the store."""
