"""Helm without its command: charts are linted and rendered by Helm's own library (PyPI `helm-python-sdk`).

As a program it stands in for `helm template` and `helm lint` in documents: `helm template NAME CHART [flags]`.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import helm_python
import yaml

from .manifests import Manifest

ROOT = Path(__file__).parents[3]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Rendered:
    """What a release would install, and what its user is told."""

    texts: dict[str, str]
    notes: str

    @property
    def text(self) -> str:
        """All files as `helm template` prints them."""
        return "".join(f"---\n# Source: {name}\n{text.strip()}\n" for name, text in self.texts.items())

    @cached_property
    def manifests(self) -> list[Manifest]:
        return [item for item in yaml.safe_load_all(self.text) if item is not None]

    def all(self, kind: str) -> list[Manifest]:
        return [item for item in self.manifests if item["kind"] == kind]

    def one(self, kind: str) -> Manifest:
        """The one object of that kind."""
        found = self.all(kind)
        assert len(found) == 1, f"{len(found)} of kind {kind}"
        return found[0]


@cache
def load(chart: Path) -> helm_python.Chart:
    """The chart, which is read once."""
    return helm_python.Chart.load(chart)


def render(chart: Path, values: Values, name: str = "demo", namespace: str = "ns") -> Rendered:
    """The chart as `helm template` renders it. Raises `helm_python.HelmError` for values that it refuses."""
    given = dict(values)
    load(chart).validate_schema(load(chart).merge_values(given))
    files = load(chart).render(given, name=name, namespace=namespace)
    notes = "".join(text for path, text in files.items() if path.endswith("NOTES.txt"))
    texts = {path: text for path, text in sorted(files.items()) if not path.endswith("NOTES.txt") and text.strip()}
    return Rendered(texts, notes)


def lint(chart: Path, values: Values) -> list[str]:
    """What `helm lint --strict` complains about."""
    report = helm_python.lint(chart, dict(values), strict=True)
    warning = 2
    return report["errors"] + [item["error"] for item in report["messages"] if item["severity"] >= warning]


# The command line


@dataclass(frozen=True)
class Command:
    """`helm template`, `install`, `upgrade --install` or `lint` with the flags that documents use."""

    verb: str
    name: str
    chart: Path
    namespace: str
    values: dict[str, Any]

    @classmethod
    def parse(cls, words: Sequence[str], folder: Path = ROOT) -> "Command":
        """The words behind `helm`; paths are below `folder`."""
        parser = argparse.ArgumentParser(prog="helm", allow_abbrev=False)
        parser.add_argument("verb", choices=["template", "install", "upgrade", "lint"])
        parser.add_argument("places", nargs="+")
        parser.add_argument("-n", "--namespace", default="default")
        parser.add_argument("-f", "--values", action="append", default=[])
        for flag in ("--set", "--set-string", "--set-file"):
            parser.add_argument(flag, action="append", default=[])
        for flag in ("--install", "--wait", "--create-namespace"):
            parser.add_argument(flag, action="store_true")
        given = parser.parse_args(words)
        if len(given.places) != (1 if given.verb == "lint" else 2):
            parser.error(f"unexpected words: {given.places}")
        values: dict[str, Any] = {}
        for path in given.values:
            merge(values, yaml.safe_load((folder / path).read_text()))
        for expression in given.set:
            merge(values, helm_python.parse_set_string(expression))
        for expression in given.set_string:
            merge(values, helm_python.parse_set_string_values(expression))
        for expression in given.set_file:
            key, _, path = expression.partition("=")
            merge(values, helm_python.parse_set_file(f"{key}={folder / path}"))
        return cls(given.verb, given.places[0], folder / given.places[-1], given.namespace, values)

    def run(self) -> Rendered:
        return render(self.chart, self.values, self.name, self.namespace)


def merge(values: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Sets what `more` says; maps are merged, lists replaced."""
    for key, value in more.items():
        known = values.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merge(known, value)
        else:
            values[key] = value


def main() -> int:
    command = Command.parse(sys.argv[1:], Path.cwd())
    try:
        if command.verb == "lint":
            problems = lint(command.chart, command.values)
            print("\n".join(problems) or "1 chart(s) linted, 0 chart(s) failed")
            return 1 if problems else 0
        print(command.run().text, end="")
    except helm_python.HelmError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
