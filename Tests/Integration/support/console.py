"""Console blocks of Markdown documents: commands with the output that a reader is promised."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .shapes import kind

DIRECTIVE = re.compile(r"<!--\s*test:\s*(serve|up|skip)\b\s*(.*?)\s*-->")
# Values that a reader can rely on; other strings and all numbers are examples.
LITERAL = {"object", "model", "role", "type", "param", "message", "version"}


@dataclass
class Command:
    """What is typed behind `$ `, with continuation lines, and the output lines below it."""

    text: str
    output: list[str] = field(default_factory=list)


@dataclass
class Block:
    """A fenced block and what the directives before it say."""

    document: Path
    line: int
    commands: list[Command]
    # Words of the latest `serve` or `up` directive, that one first; None before the first one.
    serve: list[str] | None
    # The line of that directive, which tells servers apart.
    server: int
    skip: str | None

    @property
    def name(self) -> str:
        return f"{self.document.name}:{self.line}"


def blocks(document: Path) -> list[Block]:
    """The `console` blocks of a document."""
    found: list[Block] = []
    serve: list[str] | None = None
    server, skip, fence = 0, None, None
    lines: list[str] = []
    start = 0
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if fence is not None:
            if line.strip() == fence:
                if start:
                    found.append(Block(document, start, commands(lines), serve, server, skip))
                    skip = None
                fence = None
            else:
                lines.append(line)
            continue
        if directive := DIRECTIVE.fullmatch(line.strip()):
            if directive[1] in ("serve", "up"):
                serve, server = directive[0].removeprefix("<!--").removesuffix("-->").split(":", 1)[1].split(), number
            else:
                skip = directive[2]
        elif opening := re.fullmatch(r"\s*(`{3,}|~{3,})\s*(\w*).*", line):
            fence = opening[1]
            start = number if opening[2] == "console" else 0
            lines = []
    return found


def commands(lines: list[str]) -> list[Command]:
    """Splits a block at its prompts; a backslash at the end of a command's line continues it."""
    found: list[Command] = []
    continues = False
    for line in lines:
        if continues:
            found[-1].text += "\n" + line.removeprefix("> ")
            continues = line.endswith("\\")
        elif line.startswith("$ "):
            found.append(Command(line.removeprefix("$ ")))
            continues = line.endswith("\\")
        elif found:
            found[-1].output.append(line)
        else:
            raise ValueError(f"output before the first command: {line!r}")
    return found


# Output


EXAMPLES = {
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}": r"[0-9a-f-]{36}",
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b": r"\w{3}",
    r"\d+(?:\.\d+)?(?:e[-+]?\d+)?": r"\d+(?:\.\d+)?(?:e[-+]?\d+)?",
    r"…": r".*",
}
EXAMPLE = re.compile("|".join(f"({example})" for example in EXAMPLES))


def pattern(line: str) -> re.Pattern[str]:
    """A line of text: numbers, ids, days and months are examples, `…` is anything."""
    wanted, end = "", 0
    for match in EXAMPLE.finditer(line):
        assert match.lastindex is not None
        wanted += re.escape(line[end : match.start()]) + list(EXAMPLES.values())[match.lastindex - 1]
        end = match.end()
    return re.compile(wanted + re.escape(line[end:]))


def same_shape(expected: Any, actual: Any, key: str = "") -> bool:
    """The same keys in the same order and the same types; only values that are promised must be equal."""
    if key in ("finish_reason", "stop_reason") and kind(actual) in ("null", "string"):
        return True
    if kind(expected) != kind(actual):
        return False
    if isinstance(expected, dict):
        return list(expected) == list(actual) and all(same_shape(expected[k], actual[k], k) for k in expected)
    if isinstance(expected, list):
        if bool(expected) != bool(actual):
            return False
        return all(same_shape(expected[min(i, len(expected) - 1)], value, key) for i, value in enumerate(actual))
    return expected == actual if key in LITERAL else True


def json_of(line: str) -> tuple[str, Any] | None:
    """A line that is JSON, perhaps behind `data: `."""
    prefix = "data: " if line.startswith("data: ") else ""
    try:
        return prefix, json.loads(line.removeprefix(prefix))
    except ValueError:
        return None


def fits(expected: str, actual: str) -> bool:
    """Whether a line of output is what the document shows."""
    wanted, got = json_of(expected), json_of(actual)
    if wanted is not None and kind(wanted[1]) in ("object", "array"):
        return got is not None and wanted[0] == got[0] and same_shape(wanted[1], got[1])
    return pattern(expected).fullmatch(actual) is not None


def is_gap(line: str) -> bool:
    """A line that stands for any lines or none."""
    return line.strip() in ("…", "...")


def repeats(line: str) -> bool:
    """A frame of a stream, of which there may be more or fewer than a document shows."""
    return line.startswith("data: {")


def output_fits(expected: list[str], actual: list[str]) -> bool:
    """Whether an output is what the document shows; empty lines do not count."""
    wanted = [line for line in expected if line.strip()]
    # Reached positions in `wanted` after each line of output.
    positions = with_skips({0}, wanted)
    for line in actual:
        if not line.strip():
            continue
        following: set[int] = set()
        for position in positions:
            if position < len(wanted):
                if is_gap(wanted[position]):
                    following.add(position)
                elif fits(wanted[position], line):
                    following.add(position + 1)
            if position > 0 and repeats(wanted[position - 1]) and fits(wanted[position - 1], line):
                following.add(position)
        positions = with_skips(following, wanted)
    return len(wanted) in positions


def with_skips(positions: set[int], wanted: list[str]) -> set[int]:
    """The positions that are reached without another line of output."""
    reached = set(positions)
    for position, line in enumerate(wanted):
        is_again = position > 0 and repeats(line) and fits(line, wanted[position - 1])
        if position in reached and (is_gap(line) or is_again):
            reached.add(position + 1)
    return reached
