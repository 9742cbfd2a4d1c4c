"""One module per use case, each in four steps: load, decide, save, tell."""
