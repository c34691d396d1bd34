"""What Grafana makes of a dashboard's queries: it puts variables and intervals in, and asks for a range of time."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .prometheus import Prometheus

LABEL_VALUES = re.compile(r"label_values\((?:(?P<series>.+),\s*)?(?P<label>\w+)\)")
# `$name` and `${name}`; `$1` is a capture group of `label_replace`.
PLACE = re.compile(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<braced>\w+)\})")


@dataclass(frozen=True)
class Variable:
    """A template variable: the values of a label, or options that are listed."""

    query: str = ""
    options: Sequence[str] = ()
    # Whether `All` can be chosen, which the queries then see as this, or else as every option.
    includes_all: bool = False
    all_value: str | None = None


@dataclass(frozen=True)
class Series:
    """One line of a panel: its labels, and its values that can be drawn."""

    labels: dict[str, str]
    values: list[float] = field(default_factory=list)


class Grafana:
    """Asks a Prometheus for what was between two instants, in Unix seconds."""

    STEP = 1.0

    def __init__(self, prometheus: Prometheus, start: float, end: float, scrape_interval: float) -> None:
        self.prometheus = prometheus
        self.start = start
        self.end = end
        self._intervals = {
            "__interval": f"{self.STEP:.0f}s",
            "__rate_interval": f"{1000 * max(self.STEP + scrape_interval, 4 * scrape_interval):.0f}ms",
            "__range": f"{end - start:.0f}s",
        }

    def options(self, variable: Variable, values: Mapping[str, str]) -> list[str]:
        """What a variable offers, given the values of those before it."""
        if not variable.query:
            return list(variable.options)
        parsed = LABEL_VALUES.fullmatch(variable.query)
        assert parsed, variable.query
        series = {"match[]": self.filled(parsed["series"], values)} if parsed["series"] else {}
        return self.prometheus.ask(f"/label/{parsed['label']}/values", **series)

    def chosen(self, variables: Mapping[str, Variable], **choices: str) -> dict[str, str]:
        """The variables' texts in queries: `All` where there is such an option, else what was chosen."""
        values: dict[str, str] = {}
        for name, variable in variables.items():
            options = self.options(variable, values)
            if name in choices:
                assert choices[name] in options, f"{name}: {choices[name]} is not among {options}"
                values[name] = escaped(choices[name]) if variable.includes_all else choices[name]
            elif variable.includes_all:
                every = "(" + "|".join(escaped(option) for option in options) + ")"
                values[name] = variable.all_value if variable.all_value is not None else every
            else:
                assert options, f"nothing to choose for {name}"
                values[name] = options[0]
        return values

    def filled(self, query: str, values: Mapping[str, str]) -> str:
        """The query with its variables and intervals put in."""
        known = {**self._intervals, **values}
        return PLACE.sub(lambda place: known[place["plain"] or place["braced"]], query)

    def series(self, query: str, values: Mapping[str, str]) -> list[Series]:
        """What a panel draws: series without a single number are left out."""
        found = self.prometheus.ask(
            "/query_range", query=self.filled(query, values), start=str(self.start), end=str(self.end),
            step=str(self.STEP),
        )  # fmt: skip
        lines = [
            Series(line["metric"], [float(value) for _, value in line["values"] if math.isfinite(float(value))])
            for line in found
        ]
        return [line for line in lines if line.values]


def escaped(value: str) -> str:
    """A value inside a regular expression inside a PromQL string."""
    return re.sub(r"[$^*{}\[\]'+?.()|]", lambda special: "\\\\" + special[0], value.replace("\\", "\\\\\\\\"))


# Dashboards as JSON


def variables_of(dashboard: Mapping[str, Any]) -> dict[str, Variable]:
    """The variables that queries use."""
    return {
        variable["name"]: Variable(
            variable["query"]["query"], includes_all=variable["includeAll"], all_value=variable.get("allValue")
        )
        for variable in dashboard["templating"]["list"]
        if variable["type"] == "query"
    }


def panels_of(panels: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The panels that draw something, also those in collapsed rows."""
    for panel in panels:
        if panel["type"] == "row":
            yield from panels_of(panel["panels"])
        else:
            yield panel
