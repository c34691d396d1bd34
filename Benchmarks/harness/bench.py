"""What every measurement needs: the servers, how long and how often to run, and what to do on a busy machine."""

import dataclasses
import statistics
from collections.abc import Callable

from . import machine
from .servers import Yard


# The parts of the table: one server, a whole pool in one process, and a picker for gateways of others.
SERVE, UP, EPP = "serve", "up", "epp"


@dataclasses.dataclass
class Row:
    """One line of the table. In the part about a pool, `floor` is what a replica's own port comes to; in
    that about a picker the work says what it is."""

    name: str
    work: str
    target: str
    measured: str
    floor: str = "–"
    ratio: str = "–"
    nginx_ratio: str = "–"
    met: bool | None = None
    disturbed: bool = False
    group: str = SERVE
    samples: list[dict] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Bench:
    """A run of scripts/bench."""

    yard: Yard
    quick: bool
    repetitions: int
    seconds: int
    quiet_limit: float
    patience: float  # Seconds in all that may be spent on waiting for a quiet machine.

    def repeat(self, once: Callable[[], dict], limit: int | None = None) -> tuple[list[dict], bool]:
        """Runs `once` as often as asked, and up to twice as often when others disturb. A sample says under
        `others_cores` how busy others were. Returns the undisturbed samples, or all when none was, and whether
        the latter is the case."""
        wanted = limit or self.repetitions
        samples: list[dict] = []
        for _ in range(wanted if self.quick else 2 * wanted):
            if self.patience > 0:
                self.patience -= machine.wait_until_quiet(self.quiet_limit, min(self.patience, 30))
            samples.append(once())
            if sum(self._is_quiet(sample) for sample in samples) >= wanted:
                break
        quiet = [sample for sample in samples if self._is_quiet(sample)]
        return quiet or samples, not quiet

    def _is_quiet(self, sample: dict) -> bool:
        return sample["others_cores"] < self.quiet_limit


def median(samples: list[dict], value: Callable[[dict], float]) -> float:
    """The median over samples."""
    return statistics.median(value(sample) for sample in samples)
