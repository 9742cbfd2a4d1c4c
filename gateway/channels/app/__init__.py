"""The store's own app: told by a signed webhook, and telling us by signed ones."""
