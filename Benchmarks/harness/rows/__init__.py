"""The rows of the table, in the table's order."""

import dataclasses
from collections.abc import Callable

from ..bench import EPP, SERVE, UP, Bench, Row
from . import (
    client_gone, completions, envoy, exactness, ext_proc, fleet, front_door, metrics, picks, scraping, startup, streams,
    throughput,
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Measurement:
    """Produces one or more rows; `names` are those of the rows, for --only."""

    names: tuple[str, ...]
    measure: Callable[[Bench], list[Row]]
    group: str = SERVE  # The floor can only stand in for a server.


ALL = [
    *(
        Measurement((completions.name_of(tokens, connections),), completions.measurement(tokens, connections))
        for tokens in (1, 64)
        for connections in (64, 256)
    ),
    Measurement(("stream-throughput",), throughput.measure),
    Measurement(("streams-5000", "memory-stream", "memory-idle"), streams.measure_five_thousand),
    Measurement(("streams-10000",), streams.measure_ten_thousand),
    Measurement(("client-gone",), client_gone.measure),
    Measurement(("start",), startup.measure),
    Measurement(("exact-50ms",), exactness.measure_fifty_milliseconds),
    Measurement(("exact-500us",), exactness.measure_half_millisecond),
    Measurement(("metrics",), metrics.measure),
    *(
        Measurement(picks.names_of(endpoints), picks.measurement(endpoints), UP)
        for endpoints in (10, 100, 1000)
    ),
    Measurement(("picks-live",), picks.measure_live, UP),
    *(
        Measurement((front_door.name_of(replicas),), front_door.measurement(replicas), UP)
        for replicas in (1, 10, 100)
    ),
    Measurement(("front-door-streams",), front_door.measure_streams, UP),
    Measurement(("up-start",), fleet.measure_start, UP),
    Measurement(("up-memory",), fleet.measure_memory, UP),
    *(
        Measurement(ext_proc.names_of(endpoints), ext_proc.measurement(endpoints), EPP)
        for endpoints in (100, 1000)
    ),
    Measurement(("ext-proc-rate",), ext_proc.measure_rate, EPP),
    Measurement(("envoy",), envoy.measure, EPP),
    *(
        Measurement((scraping.name_of(endpoints),), scraping.measurement(endpoints), EPP)
        for endpoints in (100, 1000)
    ),
]
