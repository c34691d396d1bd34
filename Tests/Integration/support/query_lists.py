"""Queries of other projects' dashboards, from the files in Tests/Integration/dashboards."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from .grafana import Variable

FOLDER = Path(__file__).parents[1] / "dashboards"


@dataclass(frozen=True)
class QueryList:
    """The queries of one dashboard: those that have data, and those that cannot have, by the reason."""

    source: str
    variables: dict[str, Variable]
    queries: list[str]
    empty: dict[str, list[str]]


def query_lists(name: str) -> list[QueryList]:
    """The lists of one file."""
    found = []
    for entry in yaml.safe_load((FOLDER / f"{name}.yaml").read_text()):
        selector = entry.get("selector", "")
        variables = {
            key: Variable(value.get("label_values", ""), value.get("options", ()), value.get("all", False))
            for key, value in entry["variables"].items()
        }
        queries = [query.replace("{@", "{" + selector) for query in entry["queries"]]
        empty = {
            part["reason"]: [query.replace("{@", "{" + selector) for query in part["queries"]]
            for part in entry.get("empty", ())
        }
        found.append(QueryList(entry["source"], variables, queries, empty))
    return found
