#!/usr/bin/env bash
# Prints the numbers that keep this house in order, each with its limit; fails past a limit (CONTRIBUTING.md).
#   scripts/house.sh                                the table
#   scripts/house.sh --list english                 each place of one number
#   scripts/house.sh --list english --only Sources/CLuaHost
set -euo pipefail
exec python3 "$(dirname "$0")/house/house.py" "$@"
