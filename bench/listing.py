#!/usr/bin/env python3
"""Measures pages of a listing, and the memory of the server, with a growing number of streams.

Starts the jar of the server with a data directory of its own, creates streams of 100 bytes, and at each number of streams
reads pages of 100 streams from random places, one after the other. At the end it prints the resident memory of the idle
server, restarts it, and prints the same again.
"""

import argparse
import http.client
import pathlib
import random
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = "/v1/stream/"
CONNECTIONS = 8
PIPELINED = 60
BODY = b"x" * 100
PAGE = 100
WARM_UP = 500
PAGES = 1_000
IDLE_SECONDS = 18


class Server:
    def __init__(self, jar, data):
        begin = time.monotonic()
        self.process = subprocess.Popen(
            ["java", "-jar", jar, "--port", "0", "--data-dir", data], stdout=subprocess.PIPE, text=True
        )
        line = next((line for line in self.process.stdout if " is ready on " in line), None)
        if line is None:
            raise SystemExit("the server did not start")
        self.port = int(re.search(r":(\d+)/", line).group(1))
        self.seconds = time.monotonic() - begin
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def resident(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def create(port, first, end):
    """Creates the streams with the numbers from first up to, but without, end."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        answers = connection.makefile("rb")
        for begin in range(first, end, PIPELINED):
            numbers = range(begin, min(begin + PIPELINED, end))
            connection.sendall(b"".join(request(number) for number in numbers))
            for _ in numbers:
                line = answers.readline()
                if b" 201 " not in line:
                    raise SystemExit(f"a stream was not created: {line!r}")
                while line != b"\r\n":
                    line = answers.readline()


def request(number):
    head = f"PUT {ROOT}s/{number:07} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: {len(BODY)}\r\n"
    return head.encode() + b"\r\n" + BODY


def create_all(port, first, end):
    step = -(-(end - first) // CONNECTIONS)
    parts = [(begin, min(begin + step, end)) for begin in range(first, end, step)]
    threads = [threading.Thread(target=create, args=(port, *part)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pages(port, streams):
    """The times of pages in microseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    places = random.Random(1)
    times = []
    for _ in range(WARM_UP + PAGES):
        after = f"s/{places.randrange(streams - PAGE):07}"
        begin = time.perf_counter()
        connection.request("GET", f"{ROOT}?limit={PAGE}&after={after}")
        body = connection.getresponse().read()
        times.append((time.perf_counter() - begin) * 1e6)
        if body.count(b'"path"') != PAGE:
            raise SystemExit(f"expected a page of {PAGE} streams: {body[:200]!r}")
    return times[WARM_UP:]


def report(port, streams):
    times = pages(port, streams)
    p99 = statistics.quantiles(times, n=100)[98]
    print(f"{streams:>9} streams: a page of {PAGE}: median {statistics.median(times):.0f} µs, p99 {p99:.0f} µs", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jar", help="the runnable jar of the server")
    parser.add_argument("--streams", type=int, nargs="+", default=[1_000, 100_000, 1_000_000], help="ascending numbers")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        server = Server(arguments.jar, data)
        created = 0
        for streams in arguments.streams:
            create_all(server.port, created, streams)
            created = streams
            report(server.port, streams)
        time.sleep(IDLE_SECONDS)
        print(f"idle: {server.resident():.0f} MiB resident")
        server.stop()
        server = Server(arguments.jar, data)
        print(f"restarted: serving after {server.seconds:.1f} s")
        report(server.port, created)
        time.sleep(IDLE_SECONDS)
        print(f"idle: {server.resident():.0f} MiB resident")
        server.stop()


if __name__ == "__main__":
    main()
