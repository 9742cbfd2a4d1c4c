"""Tokens, passwords and origins: who somebody is. Nothing here sees the store."""
