"""The long run: its two parts, and the checks of what they leave behind. See scripts/soak.sh."""

import argparse
import json
import random
import signal
import statistics
import time
from pathlib import Path

import verdict
from resetting_proxy import ResettingProxy
from serve import Serve
from watched import MEGABYTE, Watched

SCRIPTS = Path(__file__).parent
# Of a session whose handshake was lost by a reset the server alone knows, until its ping timeout.
PINGS = {"ping_interval": 2, "ping_timeout": 3}
# Memory may grow between the middle and the end of a run by what an allocator keeps, not by what each session leaves.
ALLOWED_BYTES = 4 * MEGABYTE
ALLOWED_SHARE = 0.05


class Bots(Watched):
    """A script in its process, with samples of its memory and descriptors."""

    def __init__(self, program, script, *arguments):
        # Warnings about messages that are sent while a session ends are expected here.
        super().__init__(script, [program, "--log-level", "error", SCRIPTS / script, *map(str, arguments)])
        self.resident = []
        self.descriptor_counts = []

    def look(self):
        """Adds a sample; false once the process has ended."""
        seen = self.memory()
        if seen is None:
            return False
        self.resident.append(seen[0])
        self.descriptor_counts.append(self.descriptors())
        return True

    def result(self, timeout):
        """The totals that the script printed, and its status."""
        output, status, _ = self.finish(timeout)
        return json.loads(output) if output.strip() else {"faults": ["the script printed no totals"]}, status


def check(title, bots, totals, status):
    """Prints how a part went; returns what is wrong."""
    wrong = list(totals["faults"])
    if status != 0 or bots.errors:
        ending = "it did not end" if status is None else f"status {status}"
        wrong.append(f"{ending}: {bots.errors.strip()[-2000:] or 'no message'}")
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
            f"up to {max(bots.descriptor_counts)} descriptors", flush=True)
    return [f"{title}: {each}" for each in wrong]


def run_at_full_rate(program, seconds):
    server = Serve(program, **PINGS)
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
        totals, status = bots.result(30)
        wrong = check("at full rate", bots, totals, status)
        print(f"at full rate: {restarts} restarts, {proxy.resets} resets, "
              f"{totals.get('messages', 0) / seconds:.0f} round trips a second", flush=True)
        if restarts == 0 or proxy.resets == 0:
            wrong.append("at full rate: nothing was broken on the way")
        return wrong + server.stats_after_the_end(10)[1]
    finally:
        bots.kill()
        server.stop()


def run_connects(program, count):
    server = Serve(program, **PINGS)
    bots = Bots(program, "churn.lua", server.url, count)
    try:
        while bots.look():
            time.sleep(0.02)
        totals, status = bots.result(30)
        wrong = check("connects", bots, totals, status)
        stats, open_sessions = server.stats_after_the_end(10)
        wrong += open_sessions
        if totals.get("sessions") != count or stats["handshakes"] != count or stats["closed"] != count:
            wrong.append(f"connects: {count} were wanted, {totals.get('sessions')} made; the server saw {stats}")
        return wrong
    finally:
        bots.kill()
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
    verdict.end("soak", wrong)


if __name__ == "__main__":
    main()
