#!/usr/bin/env python3
"""Measures subscriptions of a server: what they cost appends, their creation, a restart with them, and their heap.

Starts the jar of the server with data directories of its own, and the receiver of the jar of the benchmarks. Parts:

  append    the rate of appends to 100,000 streams on a server with 10,000 subscriptions, in alternating rounds with a server
            that has none; --state says what the subscriptions are doing:
              unmatched    their patterns match no stream
              in-flight    each is linked with ten streams, and has a wake that its receiver has accepted
              refused      the same, with a receiver that refuses every webhook, so that they wait for the next attempt
              delivering   the same, with a receiver that is done at once, so that appends wake them all the time
  create    how fast subscriptions are created without streams, and each beside ten of 100,000 streams that it is linked with;
            then one that is linked with all streams; and the heap of a subscription and of a link
  restart   the time of a start after a kill with 10,000 subscriptions, 1,000 of which have something to deliver, until all of
            that is delivered
"""

import argparse
import concurrent.futures
import http.client
import json
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = "/v1/stream/"
CONNECTIONS = 8
PIPELINED = 50
SUBSCRIPTIONS = 10_000
STREAMS = 100_000
PENDING = 1_000


class Server:
    """A server on free ports."""

    def __init__(self, jar, data, *flags):
        begin = time.monotonic()
        command = ["java", "-jar", jar, "--port", "0", "--admin-listen", "127.0.0.1:0", "--data-dir", data]
        command += ["--allow-local-webhooks", *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = self.port_after(" is ready on ")
        self.admin = self.port_after("Administration is on ")
        self.begin = begin
        self.ready_seconds = time.monotonic() - begin
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def port_after(self, text):
        line = next((line for line in self.process.stdout if text in line), None)
        if line is None:
            raise SystemExit("the server did not start")
        return int(re.search(r":(\d+)/", line).group(1))

    def url(self):
        return f"http://127.0.0.1:{self.port}{ROOT}"

    def metric(self, name):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))

    def heap(self):
        """The live heap, in bytes."""
        text = subprocess.run(
            ["jcmd", str(self.process.pid), "GC.class_histogram"], capture_output=True, text=True, check=True
        ).stdout
        return int(text.strip().splitlines()[-1].split()[2])

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait()


class Receiver:
    """The receiver of the benchmarks."""

    def __init__(self, jar, answer, port=0):
        self.process = subprocess.Popen(
            ["java", "-jar", jar, "receiver", "--port", str(port), "--answer", answer], stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().split()[-1]
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self):
        self.process.kill()
        self.process.wait()


def request(method, path, kind, body):
    head = f"{method} {ROOT}{path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def send(port, requests, pipelined=PIPELINED):
    """Sends requests over one connection, some at a time."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        answers = connection.makefile("rb")
        for begin in range(0, len(requests), pipelined):
            part = requests[begin : begin + pipelined]
            connection.sendall(b"".join(part))
            for _ in part:
                read(answers)


def read(answers):
    status = answers.readline()
    length = 0
    while True:
        line = answers.readline()
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        if line in (b"\r\n", b""):
            break
    body = answers.read(length)
    if b" 20" not in status:
        raise OSError(f"a request was refused: {status!r} {body!r}")


def send_all(port, requests, connections=CONNECTIONS, pipelined=PIPELINED):
    """Sends requests over several connections; returns the seconds that it took."""
    begin = time.monotonic()
    parts = [requests[number::connections] for number in range(connections)]
    with concurrent.futures.ThreadPoolExecutor(connections) as threads:
        list(threads.map(lambda part: send(port, part, pipelined), parts))
    return time.monotonic() - begin


def subscription(number, pattern, url):
    body = json.dumps({"type": "webhook", "pattern": pattern, "lease_ttl_ms": 600_000, "webhook": {"url": url}})
    return request("PUT", f"__ds/subscriptions/s{number:05}", "application/json", body)


def stream(number):
    return request("PUT", f"s/{number % SUBSCRIPTIONS:05}/{number // SUBSCRIPTIONS:03}", "text/plain", "")


def append_to(number):
    return request("POST", f"s/{number:05}/000", "text/plain", "x")


def measure_appends(arguments, directory):
    answers = {"in-flight": "ACCEPTED", "refused": "REFUSED", "delivering": "DONE", "unmatched": "DONE"}
    receiver = Receiver(arguments.bench, answers[arguments.state])
    servers = [Server(arguments.jar, f"{directory}/{name}") for name in ("with", "without")]
    pattern = "*/t{:04}" if arguments.state == "unmatched" else "*/{:04}"
    puts = [subscription(number, pattern.format(number), receiver.url) for number in range(SUBSCRIPTIONS)]
    print(f"{SUBSCRIPTIONS} subscriptions created in {send_all(servers[0].port, puts):.1f} s", flush=True)
    command = ["java", "-jar", arguments.bench, "compare", "--row", "append-grouped", "--rounds", str(arguments.rounds)]
    command += ["--seconds", "2", "--warm-up", str(arguments.warm_up)]
    for name, server in zip(("with", "without"), servers):
        command += ["--peer", f"{name}={server.url()},pid={server.process.pid}"]
    before = time.monotonic()
    if arguments.json:
        command += ["--json", arguments.json]
    subprocess.run(command, check=True)
    links = servers[0].metric("streamkeeper_subscription_links")
    sent = servers[0].metric("streamkeeper_webhook_deliveries_total")
    print(f"{links:.0f} links; {sent:.0f} webhooks in {time.monotonic() - before:.0f} s")
    for each in (*servers, receiver):
        each.stop()


def measure_creation(arguments, directory):
    url = "http://127.0.0.1:9999/"
    server = Server(arguments.jar, directory, "--subscriptions", str(2 * SUBSCRIPTIONS))
    base = server.heap()
    puts = [subscription(number, f"s/{number:05}/*", url) for number in range(SUBSCRIPTIONS)]
    alone = [subscription(SUBSCRIPTIONS + number, f"t/{number:05}/*", url) for number in range(1_000)]
    seconds = send_all(server.port, alone, 1, 1)
    print(f"1,000 subscriptions without streams, one connection: {1_000 / seconds:.0f}/s; heap of one {(server.heap() - base) / 1_000:.0f} B")
    deletes = [request("DELETE", f"__ds/subscriptions/s{SUBSCRIPTIONS + number:05}", "text/plain", "") for number in range(1_000)]
    send_all(server.port, deletes)
    seconds = send_all(server.port, [stream(number) for number in range(STREAMS)])
    print(f"{STREAMS} streams: {STREAMS / seconds:.0f}/s", flush=True)
    streams = server.heap()
    half = len(puts) // 2
    print(f"5,000 subscriptions beside ten streams each, one connection: {half / send_all(server.port, puts[:half], 1, 1):.0f}/s")
    seconds = send_all(server.port, puts[half:])
    print(f"5,000 more, {CONNECTIONS} connections: {half / seconds:.0f}/s", flush=True)
    time.sleep(2)
    linked = server.heap()
    print(f"heap: streams {(streams - base) / STREAMS:.0f} B each; a subscription with ten links {(linked - streams) / SUBSCRIPTIONS:.0f} B")
    seconds = send_all(server.port, [subscription(99_999, "s/**", url)], 1, 1)
    time.sleep(2)
    print(f"a subscription to all {STREAMS} streams: {seconds:.2f} s; heap of a link {(server.heap() - linked) / STREAMS:.0f} B")
    server.stop()


def measure_restart(arguments, directory):
    receiver = Receiver(arguments.bench, "DONE")
    server = Server(arguments.jar, directory)
    send_all(server.port, [stream(number) for number in range(STREAMS)])
    puts = [subscription(number, f"s/{number:05}/*", receiver.url) for number in range(SUBSCRIPTIONS)]
    send_all(server.port, puts)
    receiver_port = int(receiver.url.rstrip("/").rsplit(":", 1)[1])
    receiver.stop()
    send_all(server.port, [append_to(number) for number in range(PENDING)])
    server.stop(signal.SIGKILL)
    receiver = Receiver(arguments.bench, "DONE", receiver_port)
    server = Server(arguments.jar, directory)
    done = 0
    seconds = {}
    while done < PENDING:
        time.sleep(0.02)
        done = server.metric('streamkeeper_webhook_deliveries_total{result="done"}')
        for share in (1, PENDING // 2, PENDING):
            if done >= share:
                seconds.setdefault(share, time.monotonic() - server.begin - server.ready_seconds)
    text = ", ".join(f"{share} done after {value:.2f} s" for share, value in seconds.items())
    print(f"ready {server.ready_seconds:.2f} s after the start of the process; from then on: {text}")
    server.stop()
    receiver.stop()


PARTS = {"append": measure_appends, "create": measure_creation, "restart": measure_restart}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jar", help="the runnable jar of the server")
    parser.add_argument("bench", help="the runnable jar of the benchmarks")
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--state", default="in-flight", choices=["unmatched", "in-flight", "refused", "delivering"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--warm-up", type=int, default=40, help="append: seconds, enough for the first wakes of all subscriptions")
    parser.add_argument("--json", help="append: a file for the figures of each round")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        PARTS[arguments.part](arguments, directory)


if __name__ == "__main__":
    main()
