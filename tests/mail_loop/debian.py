"""The programs that other people's mail goes through, as Debian 12 has them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PROGRAMS = {
    "/usr/sbin/postfix": "postfix",
    "/usr/sbin/dovecot": "dovecot-core",
    "/usr/lib/dovecot/imap": "dovecot-imapd",
    "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
    "/usr/bin/sievec": "dovecot-sieve",
    "/usr/bin/mutt": "mutt",
    "/usr/bin/s-nail": "s-nail",
}
DOVECOT = "2.3."  #: the configuration of 2.4 is written another way

_STARTS_NOTHING = Path("/usr/sbin/policy-rc.d")


class Unfit(Exception):
    """This machine cannot run the loop; the message says what it lacks."""


def install() -> None:
    """Install what is missing, without any service being started.

    Raises:
        Unfit: not root, not Debian, or a package cannot be had.
    """
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Unfit("Postfix and Dovecot change users: root on Debian 12 is needed")
    missing = [package for path, package in PROGRAMS.items() if not Path(path).exists()]
    if missing:
        _install(missing)
    version = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=True)
    if not version.stdout.startswith(DOVECOT):
        raise Unfit(f"Dovecot {DOVECOT}x is needed, not {version.stdout.strip()}")


def _install(packages: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    ours = not _STARTS_NOTHING.exists()
    if ours:
        _STARTS_NOTHING.write_text("#!/bin/sh\nexit 101\n")
        _STARTS_NOTHING.chmod(0o755)
    try:
        for command in (
            ["update", "-qq"],
            ["install", "-y", "-qq", "--no-install-recommends", *packages],
        ):
            ran = subprocess.run(
                ["apt-get", *command], capture_output=True, text=True, env=quiet, check=False
            )
            if ran.returncode != 0 and command[0] == "install":
                raise Unfit(f"cannot install {', '.join(packages)}: {ran.stderr.strip()[-300:]}")
    finally:
        if ours:
            _STARTS_NOTHING.unlink()
