"""Who is connected where: one pump per socket, woken by bells. It is handed a reader of the log."""
