"""scripts/bench: measures and prints the table of docs/performance.md."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time

from . import machine, table
from .bench import SERVE, Bench, Row
from .clients import ClientFailed
from .rows import ALL
from .servers import Yard

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPOSITORY = os.path.dirname(BENCHMARKS)


def _arguments() -> argparse.Namespace:
    names = [name for measurement in ALL for name in measurement.names]
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures understudy against the C floor and nginx on this machine.",
        epilog="rows: " + ", ".join(names), allow_abbrev=False,
    )  # fmt: skip
    parser.add_argument("--binary", metavar="FILE", help="measure this build; without it a release build is made")
    parser.add_argument("--calibrate", action="store_true", help="the floor against itself: the harness's own noise")
    parser.add_argument("--quick", action="store_true", help="short runs, one repetition: a look, not a measurement")
    parser.add_argument("--only", metavar="NAME", action="append",
                        help="only this row, or rows that begin so; repeatable")  # fmt: skip
    parser.add_argument("--repetitions", type=int, default=5, metavar="N", help="of each measurement; default 5")
    parser.add_argument("--json", metavar="FILE", help="write everything measured, with all samples")
    parser.add_argument("--update-docs", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--port-base", type=int, default=18480, metavar="P",
                        help=f"{Yard.PORTS} ports from here; default 18480")  # fmt: skip
    parser.add_argument("--patience", type=float, default=600, metavar="S",
                        help="wait this long in all for others to leave the machine alone; default 600")  # fmt: skip
    arguments = parser.parse_args()
    for wanted in arguments.only or []:
        if not any(name.startswith(wanted) for name in names):
            parser.error(f"--only {wanted}: the rows are {', '.join(names)}")
    if (arguments.binary is None) != arguments.calibrate:
        parser.error("give --binary FILE or --calibrate")
    if arguments.update_docs and (arguments.only or arguments.quick or arguments.calibrate):
        parser.error("--update-docs wants the whole table: not with --only, --quick or --calibrate")
    return arguments


def _check_ports(base: int) -> None:
    busy = [port for port in range(base, base + Yard.PORTS) if machine.is_port_busy(port)]
    if busy:
        sys.exit(f"bench: port {busy[0]} is busy; stop what listens there or give another --port-base")


def _measure(bench: Bench, only: list[str] | None) -> tuple[list[Row], int]:
    rows, failures = [], 0
    for measurement in ALL:
        if only and not any(name.startswith(wanted) for name in measurement.names for wanted in only):
            continue
        if bench.yard.binary is None and measurement.group != SERVE:
            continue
        begin = time.monotonic()
        print(f"{', '.join(measurement.names)} …", end="", file=sys.stderr, flush=True)
        try:
            rows += measurement.measure(bench)
            print(f" {time.monotonic() - begin:.0f} s", file=sys.stderr)
        except (ClientFailed, RuntimeError, OSError, LookupError) as failure:
            # One broken row must not cost the others.
            failures += 1
            print(f" failed: {failure}", file=sys.stderr)
            rows.append(Row(name=measurement.names[0], group=measurement.group, work=measurement.names[0], target="–",
                            measured=f"failed: {failure}".replace("|", "/"), met=False))  # fmt: skip
    return rows, failures


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    limit = machine.raise_open_files()
    if limit < 10_500:
        print(f"bench: only {limit} open files are allowed; the row with 10,000 streams will fail", file=sys.stderr)
    _check_ports(arguments.port_base)
    scratch = tempfile.mkdtemp(prefix="understudy-bench-")
    yard = Yard(BENCHMARKS, scratch, os.path.abspath(arguments.binary) if arguments.binary else None,
                arguments.port_base)  # fmt: skip
    bench = Bench(
        yard, arguments.quick, 1 if arguments.quick else max(1, arguments.repetitions), 2 if arguments.quick else 4,
        quiet_limit=0.25, patience=min(arguments.patience, 20) if arguments.quick else arguments.patience,
    )  # fmt: skip
    try:
        facts = machine.describe(REPOSITORY)
        rows, failures = _measure(bench, arguments.only)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(table.described(facts) + "\n\n" + table.markdown(rows))
    if arguments.json:
        table.write_json(arguments.json, facts, rows)
    if arguments.update_docs:
        table.update(os.path.join(REPOSITORY, "docs", "performance.md"), facts, rows)
    return 1 if failures else 0


sys.exit(main())
