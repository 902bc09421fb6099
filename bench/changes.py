#!/usr/bin/env python3
"""Measures how long other clients wait while the streams of one response are changed.

Starts the jar of the server, creates streams, follows one of them by a response that follows many, and adds and removes all
others by one request each, again and again. Another process reads a stream in a closed loop meanwhile. Its slowest reads, in
turns without and with changes, show how long a change occupies the loop.
"""

import argparse
import http.client
import itertools
import json
import multiprocessing
import re
import socket
import statistics
import tempfile
import threading
import time

from listing import ROOT, create_all
from scrape import Server

WARM_UP = 100


def probe(port, end, results):
    """Reads a stream until the moment ``end``, and reports the times in ms."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    while time.monotonic() < end:
        begin = time.perf_counter()
        connection.request("HEAD", f"{ROOT}s/0000000")
        connection.getresponse().read()
        times.append((time.perf_counter() - begin) * 1e3)
        time.sleep(0.0005)
    results.put(times)


def drain(stream):
    while stream.recv(1 << 20):
        pass


def session(port):
    """Follows a stream; returns the id of the response, whose events a thread reads."""
    stream = socket.create_connection(("127.0.0.1", port))
    body = b'["s/0000000@now"]'
    head = f"POST {ROOT}?live=sse HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    stream.sendall(head.encode() + body)
    received = b""
    while (found := re.search(rb'"session":"([^"]+)"', received)) is None:
        received += stream.recv(1 << 16)
    threading.Thread(target=drain, args=(stream,), daemon=True).start()
    return found.group(1).decode()


def change(port, name, body):
    """Makes a change; a removed stream has its memory until its last event is written, so one may have to wait."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while True:
        connection.request("POST", f"{ROOT}?session={name}", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 503:
            break
        time.sleep(0.02)
    if answer.status >= 300:
        raise SystemExit(f"a change was refused: {answer.status} {text!r}")


def turn(port, seconds, changes):
    """Reads for ``seconds``, while ``changes`` are made in turn."""
    end = time.monotonic() + seconds
    results = multiprocessing.Queue()
    reader = multiprocessing.Process(target=probe, args=(port, end, results))
    reader.start()
    made = 0
    while changes and time.monotonic() < end - 0.2:
        next(changes)()
        made += 1
        time.sleep(0.1)
    times = sorted(results.get())
    reader.join()
    print(
        f"{made} changes; {len(times)} reads: median {statistics.median(times):.2f} ms, p99 {times[int(len(times) * 0.99)]:.2f},"
        f" the slowest {', '.join(f'{late:.1f}' for late in times[-5:])} ms",
        flush=True,
    )


def measure(port, streams, seconds):
    create_all(port, 0, streams + 1)
    name = session(port)
    paths = [f"s/{number:07}" for number in range(1, streams + 1)]
    add = json.dumps({"add": [path + "@now" for path in paths]})
    remove = json.dumps({"remove": paths})
    both = itertools.cycle([lambda: change(port, name, add), lambda: change(port, name, remove)])
    for _ in range(WARM_UP):
        next(both)()
    for _ in range(2):
        turn(port, seconds, None)
        turn(port, seconds, both)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jar", help="the runnable jar of the server")
    parser.add_argument("--streams", type=int, default=9_999)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--java", nargs="*", default=["Xmx2g"], help="flags of the JVM, without their dash")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        server = Server(arguments.jar, data, ["-" + flag for flag in arguments.java])
        try:
            measure(server.port, arguments.streams, arguments.seconds)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
