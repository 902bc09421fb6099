#!/usr/bin/env python3
"""Compares a single server with a cluster of three processes of the same jar on this machine, in alternating rounds.

Starts both, and runs the command compare of the bench on them for each row; requests to the cluster go to its leader. The
processor time in the tables is that of the single server and of the leader. Prints that of all members for each row too, as a
factor of the leader's.
"""

import argparse
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
                "--peer", f"single=http://127.0.0.1:{single_port}/v1/stream/,pid={single.pid}",
                "--peer", f"cluster=http://127.0.0.1:{leads.port}/v1/stream/,pid={leads.process.pid}",
            ],
            check=True,
        )
        used = [processor_seconds(member.process) - start for member, start in zip(members, before)]
        if leader(members) is not leads:
            raise SystemExit("another member leads now; run it again")
        print(f"{row}: all members used {sum(used) / used[members.index(leads)]:.2f} times what the leader used", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jar", help="the runnable jar of the server")
    parser.add_argument("bench", help="the jar of the bench")
    parser.add_argument("--row", action="append", help="a row of compare; append-1 and append-1k by default")
    parser.add_argument("--rounds", type=int, default=5)
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
        finally:
            for process in [single, *(member.process for member in members)]:
                process.kill()
                process.wait()


if __name__ == "__main__":
    main()
