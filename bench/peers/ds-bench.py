#!/usr/bin/env python3
"""Compares servers with ds-bench, a load generator of another project (github.com/electric-sql/ds-bench).

Each row starts the servers with the scripts of this directory, runs ds-bench once on each without recording it, and then
measures them in alternating rounds. Each run has streams of its own: the path of the target is unique to the run.
Prints a table for each row: medians and ranges, and the ratios of the first server to each, round by round.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SCRIPTS = pathlib.Path(__file__).resolve().parent
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
READY_SECONDS_MAX = 60
MIB = 1 << 20


class Figure:
    """A column of a table: where ds-bench reports it, and its format."""

    def __init__(self, title, keys, text="{:,.2f}"):
        self.title, self.keys, self.text = title, keys.split("."), text

    def of(self, result):
        value = result
        for key in self.keys:
            value = value[key]
        return float(value)


class Row:
    """The arguments of a run, its figures, and the number of operations, by which processor time is divided."""

    def __init__(self, arguments, figures, operations, runs=1):
        self.arguments, self.figures, self.operations, self.runs = arguments, figures, operations, runs


def latency(name, title=""):
    return [Figure(f"{title}p{each} ms", f"{name}.p{each}_ms") for each in (50, 99)] + [
        Figure(f"{title}max ms", f"{name}.max_ms")
    ]


APPEND_FIGURES = [Figure("per second", "aggregate_ops_per_sec", "{:,.0f}")] + latency("latency_ms")


def multi_stream(streams):
    return Row(
        f"multi-stream --streams {streams} --duration-secs SECONDS", APPEND_FIGURES, lambda result: result["counts"]["ok"]
    )


ROWS = {
    "append": Row(
        "append --connections 64 --duration-secs SECONDS", APPEND_FIGURES, lambda result: result["counts"]["ok"]
    ),
    "multi-100": multi_stream(100),
    "multi-1k": multi_stream(1000),
    "multi-4k": multi_stream(4000),
    "fan-out": Row(
        "fan-out --subscribers 1000 --writer-rate 20 --duration-secs SECONDS",
        [Figure("events", "events_received", "{:,.0f}")] + latency("fan_out_latency_ms"),
        lambda result: result["events_received"],
    ),
    # A stampede takes tenths of a second, so a round is the median of several. Its processor time would include the
    # appends that prepare it.
    "catch-up": Row(
        "catch-up --clients 64 --pre-events 5120 --event-bytes 1024",
        [Figure("MiB/s", "aggregate_mb_per_sec", "{:,.0f}")] + latency("latency_ms"),
        None,
        runs=4,
    ),
    "mixed": Row(
        "mixed --streams 64 --writers-per-stream 1 --writer-rate 50 --readers 8 --subscribers 64 --duration-secs SECONDS",
        latency("write_latency_ms", "write ")
        + latency("fan_out_latency_ms", "delivery ")
        + latency("read_latency_ms", "read ")
        + [Figure("reads", "read_counts.ok", "{:,.0f}")],
        lambda result: result["write_counts"]["ok"] + result["read_counts"]["ok"] + result["events_received"],
    ),
}


def errors(result):
    """The failed requests of a run, the subscribers that failed, and the events that one of them did not get."""
    counts = [result[key] for key in ("counts", "append_counts", "write_counts", "read_counts") if key in result]
    failed = sum(each["other_err"] + each["backpressure"] for each in counts) + result.get("subscriber_errors", 0)
    if result["scenario"] == "fanout":
        failed += max(0, result["events_sent"] * result["subscribers"] - result["events_received"])
    elif result["scenario"] == "mixed" and result["subscribers"] == result["streams"]:
        failed += max(0, result["write_counts"]["ok"] - result["events_received"])
    return failed


class Server:
    """A server that a script of this directory runs, with an empty data directory."""

    def __init__(self, name, parent):
        self.name = name
        script, _, self.mode = name.partition(":")
        self.script = SCRIPTS / script
        if not self.mode or not os.access(self.script, os.X_OK):
            sys.exit(f"unknown server '{name}'; expected NAME:MODE with a script NAME in {SCRIPTS}")
        check = subprocess.run([self.script, "check", self.mode], capture_output=True, text=True)
        if check.returncode != 0:
            sys.exit(f"{name} is not installed; to install it: {check.stdout.strip()}")
        self.path = self.script_output("path")
        self.directory = tempfile.mkdtemp(prefix="ds-bench-", dir=parent)
        self.port = free_port()
        self.runs = 0
        self.log = open(os.path.join(self.directory, "log"), "w+")
        data = os.path.join(self.directory, "data")
        os.mkdir(data)
        self.process = subprocess.Popen(
            [self.script, "run", self.mode, str(self.port), data], stdout=self.log, stderr=self.log
        )

    def script_output(self, command):
        return subprocess.run([self.script, command], capture_output=True, text=True, check=True).stdout.strip()

    def await_ready(self):
        limit = time.monotonic() + READY_SECONDS_MAX
        while not self.responds():
            if self.process.poll() is not None or time.monotonic() > limit:
                self.log.seek(0)
                sys.exit(f"{self.name} did not respond; it printed: {self.log.read()}")
            time.sleep(0.01)

    def responds(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                connection.settimeout(5)
                connection.sendall(f"HEAD {self.path}none HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                return bool(connection.recv(1))
        except OSError:
            return False

    def target(self):
        """A URL under which no stream exists yet: ds-bench appends /v1/stream/ and its own names to it."""
        self.runs += 1
        return f"http://127.0.0.1:{self.port}{self.path}run-{self.runs}"

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def memory(self, key):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) << 10
        sys.exit(f"/proc/{self.process.pid}/status has no {key}")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.directory)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def run(options, row, server, seconds):
    """Runs ds-bench once; returns its figures by column."""
    arguments = row.arguments.replace("SECONDS", str(seconds)).split()
    command = [options.binary, *arguments, "--api-style", "durable", "--target", server.target()]
    before = server.cpu_seconds()
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if finished.returncode != 0:
        sys.exit(f"{' '.join(command)} failed on {server.name}: {finished.stderr}")
    cpu = server.cpu_seconds() - before
    result = json.loads(finished.stdout)
    values = {figure.title: figure.of(result) for figure in row.figures}
    if row.operations:
        values["server s"] = cpu
        values["server µs/op"] = cpu * 1e6 / max(1, row.operations(result))
    values["resident MiB"] = server.memory("VmRSS") / MIB
    values["peak MiB"] = server.memory("VmHWM") / MIB
    values["errors"] = errors(result)
    return values


def warm_up(options, row, server):
    """Runs ds-bench for the time of a warm-up: once, or repeatedly if the length of a run is not ours to choose."""
    end = time.monotonic() + options.warm_up
    run(options, row, server, options.warm_up)
    while "SECONDS" not in row.arguments and time.monotonic() < end:
        run(options, row, server, options.warm_up)


def measure(options, row, server):
    """A round: the median of each figure of its runs, and the sum of the errors."""
    runs = [run(options, row, server, options.seconds) for _ in range(row.runs)]
    values = {title: statistics.median(each[title] for each in runs) for title in runs[0]}
    values["errors"] = sum(each["errors"] for each in runs)
    return values


def spread(values, text):
    return f"{text.format(statistics.median(values))} ({text.format(min(values))}–{text.format(max(values))})"


def ratios(of, to):
    return [a / b if b else 0 for a, b in zip(of, to)]


def print_table(name, row, rounds):
    """Prints the medians, ranges and ratios of a row; returns them for the JSON file."""
    texts = {figure.title: figure.text for figure in row.figures}
    texts |= {"server s": "{:,.2f}", "server µs/op": "{:,.1f}", "resident MiB": "{:,.0f}", "peak MiB": "{:,.0f}"}
    first, tree = next(iter(rounds.values())), {}
    titles = [title for title in first[0] if title != "errors"]
    print(f"\n**{name}**: `{row.arguments}`\n\n| server | {' | '.join(titles)} |\n|{' --- |' * (len(titles) + 1)}")
    for server, of_server in rounds.items():
        failed = sum(each["errors"] for each in of_server)
        cells = [spread([each[title] for each in of_server], texts[title]) for title in titles]
        print(f"| {server}{f' ({failed} errors)' if failed else ''} | {' | '.join(cells)} |")
        tree[server] = of_server
    for server, of_server in list(rounds.items())[1:]:
        cells = [
            spread(ratios([each[title] for each in first], [each[title] for each in of_server]), "{:.2f}")
            for title in titles
        ]
        print(f"| {next(iter(rounds))} / {server} | {' | '.join(cells)} |")
    sys.stdout.flush()
    return tree


def run_row(options, name):
    row, servers = ROWS[name], []
    try:
        for each in options.server:
            servers.append(Server(each, options.dir))
            servers[-1].await_ready()
        for server in servers:
            warm_up(options, row, server)
        rounds = {server.name: [] for server in servers}
        for number in range(options.rounds):
            for server in servers if number % 2 == 0 else servers[::-1]:
                rounds[server.name].append(measure(options, row, server))
        return print_table(name, row, rounds)
    finally:
        for server in servers:
            server.close()


def count(text):
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of at least 1")
    return int(text)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", help="the binary of ds-bench")
    parser.add_argument(
        "server", nargs="+", help="NAME:MODE, a script of this directory and its mode, such as streamkeeper:fsync"
    )
    parser.add_argument(
        "--row", action="append", choices=ROWS, help="a row to run; repeatable; default: all", metavar="|".join(ROWS)
    )
    parser.add_argument("--rounds", type=count, default=5, help="rounds of each server; default: 5")
    parser.add_argument("--seconds", type=count, default=5, help="length of a run in seconds; default: 5")
    parser.add_argument("--warm-up", type=count, default=10, help="length of the runs before the rounds; default: 10")
    parser.add_argument("--dir", default=None, help="parent of the data directories; default: the temporary directory")
    parser.add_argument("--json", default=None, help="write the figures of each round as JSON to this file")
    options = parser.parse_args()
    if len(set(options.server)) != len(options.server):
        parser.error(f"a server appears twice in {options.server}")
    return options


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    options = parse()
    print(f"{os.cpu_count()} processors; {options.rounds} alternating rounds of {options.seconds} s after a run of"
          f" {options.warm_up} s; medians (ranges), ratios within a round")
    tree = {}
    for name in options.row or ROWS:
        tree[name] = run_row(options, name)
        if options.json:
            pathlib.Path(options.json).write_text(json.dumps(tree, indent=2))


if __name__ == "__main__":
    main()
