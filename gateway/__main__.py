"""Where every command begins: ``onethread``, and ``python -m gateway``."""

from __future__ import annotations

import gc


def run() -> None:
    """Read the command line and do what it says."""
    # What is imported stays for good: to walk it again and again while it grows took a fifth of
    # the start.
    gc.disable()
    from gateway.cli import main

    gc.freeze()
    gc.enable()
    main()


if __name__ == "__main__":
    run()
