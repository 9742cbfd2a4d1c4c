"""E-mail: reading, composing, sending and receiving it."""
