"""The wire: frames, the sans-I/O session, and the schema that both front ends' types come from."""
