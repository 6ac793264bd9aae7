"""The long run: its two parts, and the checks of what they leave behind. See scripts/soak.sh."""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from server import ResettingProxy, Server

SCRIPTS = Path(__file__).parent
MEGABYTE = 1 << 20
# Memory may grow between the middle and the end of a run by what an allocator keeps, not by what each session leaves.
ALLOWED_BYTES = 4 * MEGABYTE
ALLOWED_SHARE = 0.05


class Bots:
    """A script in its process, whose memory and descriptors are looked at as it runs."""

    def __init__(self, program, script, *arguments):
        self.process = subprocess.Popen(
            # Warnings about messages that are sent while a session ends are expected here.
            [program, "--log-level", "error", SCRIPTS / script, *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.resident = []
        self.descriptors = []

    def look(self):
        """Adds a sample; false once the process has ended."""
        if self.process.poll() is not None:
            return False
        folder = f"/proc/{self.process.pid}"
        try:
            with open(f"{folder}/statm") as file:
                self.resident.append(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
            self.descriptors.append(len(os.listdir(f"{folder}/fd")))
        except (OSError, IndexError):
            return False
        return True

    def result(self, timeout):
        """The totals that the script printed, its status and its standard error."""
        try:
            output, errors = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            output, errors = self.process.communicate()
            errors += f"still running {timeout} s after its end\n"
        totals = json.loads(output) if output.strip() else {"faults": ["the script printed no totals"]}
        return totals, self.process.returncode, errors


def check(title, bots, totals, status, errors):
    """Prints how a part went; returns what is wrong."""
    wrong = list(totals["faults"])
    if status != 0 or errors:
        wrong.append(f"status {status}: {errors.strip()[-2000:] or 'no message'}")
    if totals.get("sessions") != totals.get("disconnects"):
        wrong.append(f"{totals.get('sessions')} sessions had {totals.get('disconnects')} disconnects")
    third = len(bots.resident) // 3
    if third == 0:
        wrong.append("it ended too soon to look at its memory")
    else:
        middle = statistics.median(bots.resident[third:2 * third])
        end = statistics.median(bots.resident[2 * third:])
        if end > middle + max(ALLOWED_BYTES, middle * ALLOWED_SHARE):
            wrong.append(f"memory grew from {middle / MEGABYTE:.1f} to {end / MEGABYTE:.1f} MB")
        print(
            f"{title}: {totals.get('sessions')} sessions, {totals.get('disconnects')} disconnects "
            f"{json.dumps(totals.get('reasons'))}, {totals.get('refused')} refused, {totals.get('messages')} messages; "
            f"memory {middle / MEGABYTE:.1f} MB in the middle, {end / MEGABYTE:.1f} MB at the end; "
            f"up to {max(bots.descriptors)} descriptors", flush=True)
    return [f"{title}: {each}" for each in wrong]


def wait_until_closed(server):
    """Faults in the server's sessions after the bots are gone."""
    end = time.monotonic() + 10
    while (stats := server.stats())["open"] and time.monotonic() < end:
        time.sleep(0.05)
    return [] if stats["open"] == 0 else [f"{stats['open']} sessions are still open at the server"]


def run_at_full_rate(program, seconds):
    server = Server(program)
    proxy = ResettingProxy(server)
    bots = Bots(program, "rate.lua", server.url, proxy.url, seconds)
    started = time.monotonic()
    pause = max(3, seconds / 20)
    next_restart, restarts, next_news = started + pause, 0, started + 60
    try:
        while (now := time.monotonic()) < started + seconds and bots.look():
            # The bots end with a server that has been up for a while.
            if now >= next_restart and now < started + seconds - 2:
                server.stop(signal.SIGKILL if restarts % 2 == 0 else signal.SIGTERM)
                time.sleep(random.uniform(0.05, 0.5))
                server.start()
                restarts += 1
                next_restart = time.monotonic() + pause
            if now >= next_news:
                print(f"  {now - started:.0f} s, {bots.resident[-1] / MEGABYTE:.1f} MB, {restarts} restarts, "
                      f"{proxy.resets} resets", flush=True)
                next_news += 60
            time.sleep(min(1, seconds / 100))
        totals, status, errors = bots.result(30)
        wrong = check("at full rate", bots, totals, status, errors)
        print(f"at full rate: {restarts} restarts, {proxy.resets} resets, "
              f"{totals.get('messages', 0) / seconds:.0f} round trips a second", flush=True)
        if restarts == 0 or proxy.resets == 0:
            wrong.append("at full rate: nothing was broken on the way")
        return wrong + wait_until_closed(server)
    finally:
        bots.process.kill()
        server.stop()


def run_connects(program, count):
    server = Server(program)
    bots = Bots(program, "churn.lua", server.url, count)
    try:
        while bots.look():
            time.sleep(0.02)
        totals, status, errors = bots.result(30)
        wrong = check("connects", bots, totals, status, errors)
        wrong += wait_until_closed(server)
        stats = server.stats()
        if totals.get("sessions") != count or stats["handshakes"] != count or stats["closed"] != count:
            wrong.append(f"connects: {count} were wanted, {totals.get('sessions')} made; the server saw {stats}")
        return wrong
    finally:
        bots.process.kill()
        server.stop()


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/soak.sh", description="Bots on a network that breaks: what piles up?")
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--seconds", type=float, default=600, help="how long to run at full rate (600); 0 leaves it out")
    parser.add_argument(
        "--connects", type=int, default=10_000, help="how often to connect and disconnect (10 000); 0 leaves it out")
    options = parser.parse_args()
    wrong = []
    if options.seconds > 0:
        wrong += run_at_full_rate(options.program, options.seconds)
    if options.connects > 0:
        wrong += run_connects(options.program, options.connects)
    for each in wrong:
        print(f"WRONG: {each}", file=sys.stderr)
    print("soak: " + (f"{len(wrong)} things are wrong" if wrong else "all is well"))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
