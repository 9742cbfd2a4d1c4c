#!/bin/sh
# The container's one command: bring the database up to date, then serve. `exec`, so that SIGTERM
# reaches the gateway itself and it drains.
set -eu
onethread db upgrade
exec onethread serve "$@"
