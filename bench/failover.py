#!/usr/bin/env python3
"""Measures how long a cluster of three processes of the jar acknowledges nothing after a fault.

Starts the members on this machine, and writers that append as producers at any member, and repeat what is answered with 503
or loses its connection. Again and again it waits until all members are ready and have acknowledged 50 more appends, and then

  kill     kills the leader
  stop     stops the leader with SIGSTOP, and continues it after the next acknowledgement
  rolling  ends one member after the other with SIGTERM, starts each again, perhaps with another jar, and waits until it is
           ready

and reports the time from the fault to the next acknowledgement, or for rolling the longest time that one append took. At the end
each stream is read at each member, and compared with what was acknowledged.
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

NAMES = ("n1", "n2", "n3")
ROOT = "/v1/stream/"
STREAMS = 3
APPENDS_BETWEEN = 50
TOKEN = re.compile(r"<(\d+):(\d+):(\d+)>")
LOST = (OSError, http.client.HTTPException)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Member:
    def __init__(self, number, ports, peers, folder, command):
        self.port = ports[number]
        members = ",".join(f"{name}=127.0.0.1:{peer}" for name, peer in zip(NAMES, peers))
        name = NAMES[number]
        self.command = [
            *command, "--port", str(self.port), "--data-dir", str(folder / name),
            "--cluster", members, "--cluster-self", name, "--cluster-create",
        ]
        self.other_command = self.command
        self.log = folder / f"{name}.log"
        self.start()

    def change_jar_at_each_turn(self, jar):
        other = list(self.command)
        other[other.index("-jar") + 1] = jar
        self.other_command = other

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)

    def send(self, which):
        self.process.send_signal(which)
        if which in (signal.SIGKILL, signal.SIGTERM):
            self.process.wait()

    def request(self, method, path, body=b"", headers=None, timeout=5):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, {"Content-Type": "text/plain", **(headers or {})})
            response = connection.getresponse()
            return response.status, response.read().decode(), response.headers
        finally:
            connection.close()

    def is_ready(self):
        try:
            return self.request("GET", "/health/ready")[0] == 200
        except LOST:
            return False

    def leads(self):
        """Whether it decides itself about a request that must not be passed on."""
        try:
            return self.request("POST", ROOT + "no-such-stream", b"x", {"X-Stream-Forwarded": "1"})[0] == 404
        except LOST:
            return False


def start_members(folder, command):
    ports = free_ports(2 * len(NAMES))
    return [Member(number, ports[: len(NAMES)], ports[len(NAMES) :], folder, command) for number in range(len(NAMES))]


class Writer(threading.Thread):
    def __init__(self, number, members, history):
        super().__init__(daemon=True)
        self.number = number
        self.members = members
        self.history = history
        self.random = random.Random(number)
        self.next = [0] * STREAMS

    def run(self):
        while not self.history.ends:
            stream = self.random.randrange(STREAMS)
            begin = time.monotonic()
            while not self.append(stream):
                time.sleep(0.01)
            now = time.monotonic()
            self.next[stream] += 1
            self.history.acknowledged(now, now - begin)

    def append(self, stream):
        token = f"<{self.number}:{stream}:{self.next[stream]}>"
        producer = {"Producer-Id": f"w{self.number}", "Producer-Epoch": "0", "Producer-Seq": str(self.next[stream])}
        try:
            status, text, _ = self.random.choice(self.members).request("POST", f"{ROOT}s{stream}", token.encode(), producer)
        except LOST:
            return False
        if status not in (200, 204, 503):
            self.history.refused.append(f"{status}: {text}")
            raise SystemExit(f"{token} was answered with {status}: {text}")
        return status != 503


class History:
    """What the writers have seen; they only add to it."""

    def __init__(self):
        self.ends = False
        self.refused = []
        self.count = 0
        self.last = 0.0
        self.slowest = 0.0
        self.lock = threading.Lock()

    def acknowledged(self, now, took):
        with self.lock:
            self.count += 1
            self.last = max(self.last, now)
            self.slowest = max(self.slowest, took)


def wait(what, reached, seconds=120):
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            raise SystemExit(f"{what}: not within {seconds} s")
        time.sleep(0.005)


def settle(members, history):
    wait("all members are ready", lambda: all(member.is_ready() for member in members))
    before = history.count
    wait("appends go on", lambda: history.refused or history.count >= before + APPENDS_BETWEEN)


def leader(members):
    while True:
        for member in members:
            if member.leads():
                return member


def fault(kind, members, history):
    """Seconds without an acknowledgement."""
    if kind == "rolling":
        history.slowest = 0.0
        for member in members:
            member.send(signal.SIGTERM)
            member.command, member.other_command = member.other_command, member.command
            member.start()
            wait("the member is ready", member.is_ready)
        settle(members, history)
        return history.slowest
    member = leader(members)
    begin = time.monotonic()
    member.send(signal.SIGKILL if kind == "kill" else signal.SIGSTOP)
    # What was acknowledged by the leader before the fault may arrive after it.
    wait("an append is acknowledged", lambda: history.last > begin + 0.05)
    outage = history.last - begin
    if kind == "kill":
        member.start()
    else:
        member.send(signal.SIGCONT)
    return outage


def check(members, writers):
    """Each member has the tokens of each writer from 0 on, in order, up to the last acknowledged one at least."""
    for stream in range(STREAMS):
        for member in members:
            text, offset = "", "-1"
            while True:
                status, more, headers = member.request("GET", f"{ROOT}s{stream}?offset={offset}", timeout=60)
                if status != 200:
                    raise SystemExit(f"a read was answered with {status}: {more}")
                text += more
                offset = headers["Stream-Next-Offset"]
                if headers.get("Stream-Up-To-Date"):
                    break
            found = [0] * len(writers)
            for writer, _, number in TOKEN.findall(text):
                if int(number) != found[int(writer)]:
                    raise SystemExit(f"writer {writer} has {number} after {found[int(writer)]} appends")
                found[int(writer)] += 1
            for writer in writers:
                if found[writer.number] < writer.next[stream]:
                    raise SystemExit(f"{writer.next[stream] - found[writer.number]} acknowledged appends are lost")


def measure(members, arguments):
    wait("all members are ready", lambda: all(member.is_ready() for member in members))
    for stream in range(STREAMS):
        wait("the streams are created", lambda: members[0].request("PUT", f"{ROOT}s{stream}")[0] in (200, 201))
    history = History()
    writers = [Writer(number, members, history) for number in range(arguments.writers)]
    for writer in writers:
        writer.start()
    outages = []
    for number in range(arguments.faults):
        settle(members, history)
        outages.append(fault(arguments.kind, members, history))
        print(f"{number + 1}: {outages[-1]:.2f} s", flush=True)
        if history.refused:
            raise SystemExit(f"an append was refused: {history.refused[0]}")
    settle(members, history)
    history.ends = True
    for writer in writers:
        writer.join()
    check(members, writers)
    outages.sort()
    within = sum(outage <= 5 for outage in outages)
    print(
        f"{arguments.kind}: {within} of {len(outages)} within 5 s, median {statistics.median(outages):.2f} s, p90"
        f" {outages[int(len(outages) * 0.9)]:.2f}, {outages[0]:.2f} to {outages[-1]:.2f}; {history.count} appends acknowledged,"
        " none lost or doubled"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jar", help="the runnable jar of the server")
    parser.add_argument("kind", choices=("kill", "stop", "rolling"))
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--other", help="rolling: another jar, which each member starts with at every other time")
    parser.add_argument("--java", nargs="*", default=["Xmx256m"], help="flags of the JVM, without their dash")
    arguments = parser.parse_args()
    command = ["java", *["-" + flag for flag in arguments.java], "-jar", arguments.jar]
    with tempfile.TemporaryDirectory() as folder:
        members = start_members(pathlib.Path(folder), command)
        try:
            for member in members:
                member.change_jar_at_each_turn(arguments.other or arguments.jar)
            measure(members, arguments)
        finally:
            for member in members:
                member.process.kill()
                member.process.wait()


if __name__ == "__main__":
    main()
