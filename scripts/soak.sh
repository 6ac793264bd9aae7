#!/usr/bin/env bash
# Runs bots for a long time on a network that breaks and a server that restarts, and looks at what piles up.
#   scripts/soak.sh                                ten minutes at full rate, then 10 000 connects and disconnects
#   scripts/soak.sh --seconds 30 --connects 2000   a short form
# EIO_LUA=/path/to/eio-lua takes that program instead of building one. Everything runs on the loopback address.
set -euo pipefail
source "$(dirname "$0")/lib/setup.sh"

need_packages python3
need_program
PYTHONPATH=scripts/lib/python exec python3 scripts/soak/soak.py --program "$eio_lua" "$@"
