#!/usr/bin/env python3
"""Compares a single server with a cluster of three processes of the same jar on this machine, in alternating rounds.

Starts both, and runs the command compare of the bench on them for each row; requests to the cluster go to its leader. The
processor time in the tables is that of the single server and of the leader. Prints that of all members for each row too, as a
factor of the leader's. With --connections it then appends to 1,000 streams over so many connections of the leader, and prints the
processor time that all members have used for one append.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

from failover import free_ports, leader, start_members, wait

TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(single_port, single, members, arguments):
    leads = leader(members)
    for row in arguments.row:
        before = [processor_seconds(member.process) for member in members]
        subprocess.run(
            [
                "java", "-jar", arguments.bench, "compare", "--row", row, "--rounds", str(arguments.rounds),
                "--warm-up", str(arguments.warm_up),
                "--peer", f"single=http://127.0.0.1:{single_port}/v1/stream/,pid={single.pid}",
                "--peer", f"cluster=http://127.0.0.1:{leads.port}/v1/stream/,pid={leads.process.pid}",
            ],
            check=True,
        )
        used = [processor_seconds(member.process) - start for member, start in zip(members, before)]
        if leader(members) is not leads:
            raise SystemExit("another member leads now; run it again")
        print(f"{row}: all members used {sum(used) / used[members.index(leads)]:.2f} times what the leader used", flush=True)


def append(members, connections, arguments):
    leads = leader(members)

    def run(*flags):
        with tempfile.NamedTemporaryFile() as figures:
            command = ["java", "-jar", arguments.bench, "append", "--url", f"http://127.0.0.1:{leads.port}/v1/stream/"]
            command += ["--streams", "1000", "--connections", str(connections), "--json", figures.name, *flags]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return json.load(figures)

    run("--seconds", str(arguments.warm_up))
    for _ in range(arguments.rounds):
        before = sum(processor_seconds(member.process) for member in members)
        figures = run("--seconds", "10", "--warm-up", "0")
        used = sum(processor_seconds(member.process) for member in members) - before
        print(
            f"{connections} connections: {figures['perSecond']:,.0f} appends/s, p50 {figures['p50Nanos'] / 1e6:.1f} ms, p99"
            f" {figures['p99Nanos'] / 1e6:.1f} ms, {used / figures['count'] * 1e6:.0f} µs of all members for each",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jar", help="the runnable jar of the server")
    parser.add_argument("bench", help="the jar of the bench")
    parser.add_argument("--row", action="append", help="a row of compare; append-1 and append-1k by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=15, help="seconds of load before the first round")
    parser.add_argument("--connections", type=int, action="append", default=[])
    arguments = parser.parse_args()
    arguments.row = arguments.row or ["append-1", "append-1k"]
    command = ["java", "-jar", arguments.jar]
    [port] = free_ports(1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with (folder / "single.log").open("ab") as log:
            single = subprocess.Popen(
                [*command, "--port", str(port), "--data-dir", str(folder / "single")], stdout=log, stderr=log
            )
        members = start_members(folder, command)
        try:
            wait("all members are ready", lambda: all(member.is_ready() for member in members))
            measure(port, single, members, arguments)
            for connections in arguments.connections:
                append(members, connections, arguments)
        finally:
            for process in [single, *(member.process for member in members)]:
                process.kill()
                process.wait()


if __name__ == "__main__":
    main()
