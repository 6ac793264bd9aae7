#!/usr/bin/env bash
# Installs what is missing, builds eio-lua, and lets a bot talk to the embedded server.
set -euo pipefail
source "$(dirname "$0")/lib/setup.sh"

need_swift
need_packages liblua5.4-dev libedit-dev libncurses-dev pkg-config zlib1g-dev libzmq3-dev libmsgpack-dev
build_release
build_worker

say "starting the embedded echo server: eio-lua serve --port 0"
coproc SERVER { exec "$eio_lua" serve --port 0; }
trap 'kill "$SERVER_PID" 2>/dev/null || true' EXIT
read -r line <&"${SERVER[0]}"
url=${line##* }
echo "$line"

say "running a bot: eio-lua scripts/bots/echo.lua $url --say hello"
"$eio_lua" scripts/bots/echo.lua "$url" --say hello

say "done. Your own: $eio_lua bot.lua"
