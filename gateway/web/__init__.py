"""Starlette: sockets, hooks, REST and assets. Nothing here decides; it lets in and passes on."""
