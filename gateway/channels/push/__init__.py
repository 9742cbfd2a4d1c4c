"""Web push: browsers are told through the push service of their vendor (RFC 8030)."""
