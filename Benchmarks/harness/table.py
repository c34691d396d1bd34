"""The table, in Markdown and in JSON, and its place in the documentation."""

import dataclasses
import json

from .bench import Row

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


def _verdict(row: Row) -> str:
    words = {True: "met", False: "**missed**", None: "–"}[row.met]
    return words + (" (disturbed)" if row.disturbed else "")


def markdown(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| Work | Target | Measured | Floor | Ratio to floor | Ratio to nginx | Verdict |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.work, row.target, row.measured, row.floor, row.ratio, row.nginx_ratio, _verdict(row))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def described(machine: dict) -> str:
    """The machine in two sentences."""
    kind = "virtual machine" if machine["virtual"] else "machine"
    return (
        f"Measured {machine['date']} at commit {machine['commit']} on a {kind} with {machine['cores']} cores "
        f"({machine['cpu']}), {machine['memory_gib']} GiB, {machine['system']}, Linux {machine['kernel']}; clients "
        f"on the same cores. {machine['swift']}; {machine['cc']}; libmicrohttpd {machine['libmicrohttpd']}; "
        f"{machine['nginx']}; {machine['wrk']}."
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
