"""The attack: its three parts, and what must hold after each. See scripts/attack.sh."""

import argparse
import asyncio
import json
import random
import signal
import time
from pathlib import Path

import verdict
from hostile_client import HostileClients
from hostile_server import HostileServer
from serve import Serve
from watched import MEGABYTE, Watched

SCRIPTS = Path(__file__).parent
# Memory that a part may use while it runs, and that may be left after it.
PEAK_LIMIT = 400 * MEGABYTE
END_LIMIT = 150 * MEGABYTE


def check_memory(name, seen):
    if seen is None:
        return [f"{name}: it ended before its memory was seen"]
    now, peak = seen
    print(f"{name}: memory {now / MEGABYTE:.1f} MB at the end, {peak / MEGABYTE:.1f} MB at most", flush=True)
    wrong = []
    if peak > PEAK_LIMIT:
        wrong.append(f"{name}: {peak / MEGABYTE:.0f} MB of memory at most")
    if now > END_LIMIT:
        wrong.append(f"{name}: {now / MEGABYTE:.0f} MB of memory at the end")
    return wrong


def run_script(program, script, server, count, seed, seconds, data=b""):
    """The JSON that the script printed, and the faults. It has `seconds`, and as much again to end."""
    watched = Watched(script, [
        program, "--log-level", "off", SCRIPTS / script, server.url, str(count), str(seed), str(seconds)])
    watched.feed(data)
    output, status, seen = watched.finish(2 * seconds + 20)
    wrong = check_memory(script, seen)
    if status != 0:
        wrong.append(f"{script}: status {status}\n{watched.errors[-3000:]}")
    try:
        totals = json.loads(output.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return {}, wrong + [f"{script}: it printed no totals but {output[-500:]!r}"]
    return totals, wrong + [f"{script}: {fault}" for fault in totals["faults"]]


def attack_clients(program, seed, count, seconds):
    """Sessions with a hostile server."""
    server = HostileServer(seed)
    totals, wrong = run_script(program, "sessions.lua", server, count, seed, seconds)
    if totals:
        print(f"sessions.lua: {totals['attempts']} attempts, {totals['refused']} refused, {totals['sessions']} sessions, "
              f"{totals['disconnects']} disconnects {json.dumps(totals['reasons'])}, {totals['messages']} messages; "
              f"longest pause {totals['longest_pause'] * 1000:.0f} ms of CPU time", flush=True)
        if totals["sessions"] != totals["disconnects"]:
            wrong.append(f"sessions.lua: {totals['sessions']} sessions had {totals['disconnects']} disconnects")
        if totals["sessions"] < totals["attempts"] / 10:
            wrong.append("sessions.lua: hardly a session was opened, the attack is not one")
    return totals.get("attempts", 0), wrong


def attack_api(program, seed, count, seconds):
    """Calls of every function."""
    server = HostileServer(seed)
    lines = random.Random(seed).randbytes(1 << 20)
    totals, wrong = run_script(program, "calls.lua", server, count, seed, seconds, lines)
    if totals:
        print(f"calls.lua: {totals['calls']} calls of {totals['functions']} functions, {totals['raised']} raised an error",
              flush=True)
    return totals.get("calls", 0), wrong


def attack_server(program, seed, count, seconds):
    """Hostile clients against `serve`."""
    server = Serve(program, ping_interval=1, ping_timeout=1)
    before = server.process.descriptors()
    clients = HostileClients(seed, server.port)

    async def run():
        await clients.run(count, asyncio.get_running_loop().time() + seconds)

    asyncio.run(run())
    wrong = []
    try:
        counted, open_sessions = server.stats_after_the_end(15)
        wrong += [f"serve: {each}" for each in open_sessions]
        print(f"serve: {clients.sessions} clients, {clients.opened} had a session; {json.dumps(counted)}", flush=True)
        end = time.monotonic() + 5
        # The connection of the question itself is one of them.
        while (left := server.process.descriptors()) > before + 2 and time.monotonic() < end:
            time.sleep(0.05)
        if left > before + 2:
            wrong.append(f"serve: {left} descriptors, {before} at the start")
    except OSError as error:
        wrong.append(f"serve: it does not answer: {error}")
    wrong += check_memory("serve", server.process.memory())
    status = server.stop(signal.SIGTERM)
    if status not in (0, 143):
        wrong.append(f"serve: status {status}\n{server.process.errors[-3000:]}")
    return clients.sessions, wrong


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/attack.sh", description="Hostile servers, scripts and clients: does the program stand?")
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30), help="repeats an attack")
    parser.add_argument("--times", type=float, default=1, help="how many times as much as in CI")
    options = parser.parse_args()
    print(f"attack: seed {options.seed}", flush=True)
    times, started = options.times, time.monotonic()
    sessions, wrong = attack_clients(options.program, options.seed, int(3500 * times), 60 * times)
    calls, more = attack_api(options.program, options.seed, int(20_000 * times), 60 * times)
    wrong += more
    others, more = attack_server(options.program, options.seed, int(1500 * times), 60 * times)
    wrong += more
    print(f"attack: {sessions + others} sessions, {calls} calls, {time.monotonic() - started:.0f} s", flush=True)
    if sessions + others < 5000 * times or calls < 20_000 * times:
        wrong.append("the attack was cut short: there was too little time for it")
    verdict.end("attack", wrong, hint=f"; --seed {options.seed} repeats it")


if __name__ == "__main__":
    main()
