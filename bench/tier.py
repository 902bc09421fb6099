#!/usr/bin/env python3
"""Measures one stream that is larger than the disk of its server, which has --tier. Needs a running server.

  fill      appends to the stream until it has so many GiB, by one client, 1 MiB at a time, and reports the rate; what is
            refused because the disk is full until files have left it is repeated, and counted
  measure   the latency of appends of 256 bytes to other streams alone, then of reads of 64 KiB from random places of the
            large stream alone, then of both together; each for some seconds, and each byte is compared

Run fill first; it writes the offsets that measure reads from to a file.
"""

import argparse
import http.client
import json
import random
import threading
import time
import urllib.parse

MIB = 1 << 20
HEADER = 16
LARGE = "tier-large"
READ_BYTES = 64 << 10
READERS = 2
APPENDERS = 4
APPEND_BYTES = 256

BLOCK = random.Random(1).randbytes(MIB - HEADER)


def connect(url):
    return http.client.HTTPConnection(url.hostname, url.port, timeout=120)


def body(number):
    return b"%015d\n" % number + BLOCK


def send(connection, method, path, content=b""):
    connection.request(method, path, content, {"Content-Type": "application/octet-stream"})
    response = connection.getresponse()
    return response, response.read()


def fill(url, gib, offsets_file):
    connection = connect(url)
    path = f"{url.path}{LARGE}"
    response, _ = send(connection, "PUT", path)
    offsets = [response.getheader("Stream-Next-Offset")]
    refused = 0
    begin = time.monotonic()
    for number in range(gib * 1024):
        while True:
            response, text = send(connection, "POST", path, body(number))
            if response.status in (200, 204):
                break
            if response.status not in (503, 507):
                raise SystemExit(f"{response.status}: {text.decode()}")
            refused += 1
            time.sleep(0.1)
        offsets.append(response.getheader("Stream-Next-Offset"))
        if number % 1024 == 1023:
            seconds = time.monotonic() - begin
            print(f"{(number + 1) // 1024} GiB: {(number + 1) / seconds:.0f} MiB/s, {refused} refused", flush=True)
    with open(offsets_file, "w") as file:
        json.dump(offsets, file)


class Latencies:
    def __init__(self):
        self.lock = threading.Lock()
        self.millis = []
        self.failures = 0

    def add(self, begin):
        with self.lock:
            self.millis.append((time.monotonic() - begin) * 1000)

    def failed(self):
        with self.lock:
            self.failures += 1

    def text(self):
        sorted_millis = sorted(self.millis)
        if not sorted_millis:
            return "none"
        at = lambda part: sorted_millis[min(len(sorted_millis) - 1, int(part * len(sorted_millis)))]
        return (f"{len(sorted_millis)} in total, p50 {at(0.5):.1f} ms, p99 {at(0.99):.1f} ms, longest {sorted_millis[-1]:.1f} ms,"
                f" {self.failures} refused")


def append(url, number, end, latencies, pause):
    connection = connect(url)
    path = f"{url.path}tier-hot-{number}"
    send(connection, "PUT", path)
    while time.monotonic() < end:
        begin = time.monotonic()
        response, _ = send(connection, "POST", path, b"x" * APPEND_BYTES)
        latencies.add(begin) if response.status in (200, 204) else latencies.failed()
        time.sleep(pause)


def read(url, seed, end, latencies, offsets):
    """Reads the beginning of a chunk from an object: the connection is closed after 64 KiB, as the answer is longer."""
    places = random.Random(seed)
    while time.monotonic() < end:
        # The newest tenth may be local.
        number = places.randrange(len(offsets) * 9 // 10)
        connection = connect(url)
        begin = time.monotonic()
        connection.request("GET", f"{url.path}{LARGE}?offset={offsets[number]}")
        response = connection.getresponse()
        if response.status != 200:
            latencies.failed()
            connection.close()
            continue
        data = response.read(READ_BYTES)
        latencies.add(begin)
        connection.close()
        if data != body(number)[:len(data)]:
            raise SystemExit(f"other bytes than were written at block {number}")


def run(url, seconds, offsets, appends, reads):
    end = time.monotonic() + seconds
    appended, has_read = Latencies(), Latencies()
    threads = []
    if appends:
        threads += [threading.Thread(target=append, args=(url, i, end, appended, 0.005)) for i in range(APPENDERS)]
    if reads:
        threads += [threading.Thread(target=read, args=(url, time.time() + i, end, has_read, offsets)) for i in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    together = " beside the other" if appends and reads else " alone"
    if appends:
        print(f"appends{together}: {appended.text()}", flush=True)
    if reads:
        print(f"cold reads{together}: {has_read.text()}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="such as http://127.0.0.1:4437/v1/stream/")
    parser.add_argument("part", choices=["fill", "measure"])
    parser.add_argument("--gib", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--offsets", default="tier-offsets.json")
    arguments = parser.parse_args()
    url = urllib.parse.urlparse(arguments.url)
    if arguments.part == "fill":
        fill(url, arguments.gib, arguments.offsets)
        return
    with open(arguments.offsets) as file:
        offsets = json.load(file)
    run(url, arguments.seconds, offsets, appends=True, reads=False)
    run(url, arguments.seconds, offsets, appends=False, reads=True)
    run(url, arguments.seconds, offsets, appends=True, reads=True)


if __name__ == "__main__":
    main()
