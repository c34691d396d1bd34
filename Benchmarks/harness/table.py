"""The table, in Markdown and in JSON, and its place in the documentation."""

import dataclasses
import json

from .bench import EPP, SERVE, UP, Row

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def _verdict(row: Row) -> str:
    words = {True: "met", False: "**missed**", None: "–"}[row.met]
    return words + (" (disturbed)" if row.disturbed else "")


def markdown(rows: list[Row]) -> str:
    """The rows as Markdown tables: one about a server, one about a whole pool, one about a picker."""
    parts = []
    if serve := [row for row in rows if row.group == SERVE]:
        cells = [(row.work, row.target, row.measured, row.floor, row.ratio, row.nginx_ratio, _verdict(row))
                 for row in serve]  # fmt: skip
        parts.append(_table(
            ("Work", "Target", "Measured", "Floor", "Ratio to floor", "Ratio to nginx", "Verdict"), cells))
    others = ((UP, "A pool, `understudy up`", "Direct"), (EPP, "A picker, `understudy epp`", "Floor"))
    for group, title, floor in others:
        if chosen := [row for row in rows if row.group == group]:
            cells = [(row.work, row.target, row.measured, row.floor, row.ratio, _verdict(row)) for row in chosen]
            parts.append(_table((title, "Target", "Measured", floor, "Ratio", "Verdict"), cells))
    return "\n\n".join(parts)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def described(machine: dict) -> str:
    """The machine in two sentences."""
    kind = "virtual machine" if machine["virtual"] else "machine"
    return (
        f"Measured {machine['date']} at commit {machine['commit']} on a {kind} with {machine['cores']} cores "
        f"({machine['cpu']}), {machine['memory_gib']} GiB, {machine['system']}, Linux {machine['kernel']}; clients "
        f"on the same cores. {machine['swift']}; {machine['cc']}; libmicrohttpd {machine['libmicrohttpd']}; "
        f"{machine['nginx']}; {machine['wrk']}; {machine['h2load']}."
    )


def write_json(path: str, machine: dict, rows: list[Row]) -> None:
    """Everything, with every sample."""
    with open(path, "w") as file:
        json.dump({"machine": machine, "rows": [dataclasses.asdict(row) for row in rows]}, file, indent=1)
        file.write("\n")


def update(path: str, machine: dict, rows: list[Row]) -> None:
    """Puts the table between the markers of a document."""
    with open(path) as file:
        text = file.read()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"bench: {path} lacks the markers {BEGIN} and {END}")
    with open(path, "w") as file:
        file.write(f"{before}{begin}\n{described(machine)}\n\n{markdown(rows)}\n{end}{after}")
