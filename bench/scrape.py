#!/usr/bin/env python3
"""Measures what a scrape of the metrics each second costs a server with many streams.

Starts the jar of the server with the given flags of the JVM and a data directory of its own, creates streams of 100 bytes,
and scrapes it until its code is compiled, as after an hour, and lets it idle. Then it measures the processor time of the process in turns without and with scrapes on one connection, and how
late the loops were meanwhile. A turn without scrapes reads the metrics at its beginning and end only.
"""

import argparse
import http.client
import pathlib
import re
import signal
import statistics
import subprocess
import tempfile
import threading
import time

from listing import create_all

IDLE_SECONDS = 15
WARM_UP = 3_000
LATE = "streamkeeper_loop_delay_seconds_bucket"


class Server:
    def __init__(self, jar, data, flags):
        command = ["java", *flags, "-jar", jar, "--port", "0", "--admin-listen", "127.0.0.1:0", "--data-dir", data, "--durability", "os"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = next((line for line in self.process.stdout if " is ready on " in line), None)
        if line is None:
            raise SystemExit("the server did not start")
        self.port = int(re.search(r":(\d+)/", line).group(1))
        line = next(line for line in self.process.stdout if line.startswith("Administration is on "))
        self.admin_port = int(re.search(r":(\d+)/", line).group(1))
        self.connect()
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def connect(self):
        """Connects again: the server closes a connection that has been idle for a minute."""
        self.metrics = http.client.HTTPConnection("127.0.0.1", self.admin_port)

    def scrape(self, accept):
        self.metrics.request("GET", "/metrics", headers={"Accept": accept})
        return self.metrics.getresponse().read()

    def processor_seconds(self):
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def late(page):
    """How many delays of loops there were, and how many longer than 5, 10 and 50 ms."""
    counts = {bound: int(float(count)) for bound, count in re.findall(LATE + r'{le="([^"]+)"} (\S+)', page.decode())}
    total = counts["+Inf"]
    return [total] + [total - counts[bound] for bound in ("0.005", "0.01", "0.05")]


def turn(server, seconds, scrapes, accept):
    before = late(server.scrape("text/plain"))
    begin, used = time.monotonic(), server.processor_seconds()
    end = begin + seconds
    while time.monotonic() < end:
        if scrapes:
            server.scrape(accept)
        time.sleep(min(1, max(0, end - time.monotonic())))
    server.connect()
    percent = 100 * (server.processor_seconds() - used) / (time.monotonic() - begin)
    return percent, [after - first for after, first in zip(late(server.scrape("text/plain")), before)]


def measure(server, arguments):
    create_all(server.port, 0, arguments.streams)
    for _ in range(WARM_UP):
        server.scrape(arguments.accept)
    time.sleep(IDLE_SECONDS)
    percents = {False: [], True: []}
    for number in range(2 * arguments.turns):
        scrapes = number % 2 == 1
        percent, delays = turn(server, arguments.seconds, scrapes, arguments.accept)
        percents[scrapes].append(percent)
        print(
            f"{'with' if scrapes else 'without'} scrapes: {percent:.2f} % of a processor; of {delays[0]} delays"
            f" {delays[1]} over 5 ms, {delays[2]} over 10 ms, {delays[3]} over 50 ms",
            flush=True,
        )
    more = statistics.median(percents[True]) - statistics.median(percents[False])
    print(f"a scrape each second takes {more:.2f} % of a processor")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jar", help="the runnable jar of the server")
    parser.add_argument("--streams", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=30, help="how long a turn is")
    parser.add_argument("--turns", type=int, default=2, help="how many of each kind, alternating")
    parser.add_argument("--accept", default="text/plain", help="the format of a page")
    parser.add_argument("--java", nargs="*", default=["Xmx2g", "XX:+UseG1GC"], help="flags of the JVM, without their dash")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        server = Server(arguments.jar, data, ["-" + flag for flag in arguments.java])
        try:
            measure(server, arguments)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
