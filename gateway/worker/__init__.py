"""The clockwork: due reaches, hand-overs, mails to read, and the sweeps that forget nothing."""
