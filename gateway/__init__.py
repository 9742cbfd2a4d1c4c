"""Onethread: one conversation between a store and its shopper, over chat, SMS and e-mail."""
