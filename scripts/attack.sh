#!/usr/bin/env bash
# Attacks the program for a minute: hostile servers, scripts and clients. Prints counts, memory and the longest pause.
#   scripts/attack.sh                       5 000 sessions and 20 000 calls, with a new seed
#   scripts/attack.sh --seed 7 --times 10   a known seed, and ten times as much
# EIO_LUA=/path/to/eio-lua takes that program instead of building one. Everything runs on the loopback address.
set -euo pipefail
source "$(dirname "$0")/lib/setup.sh"

need_packages python3
need_program
PYTHONPATH=scripts/lib/python exec python3 scripts/attack/attack.py --program "$eio_lua" "$@"
