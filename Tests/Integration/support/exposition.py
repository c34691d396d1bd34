"""A page of metrics, parsed by Prometheus' own client library."""

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


class Page:
    """The samples of one scrape."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.samples: list[Sample] = [
            sample for family in text_string_to_metric_families(text) for sample in family.samples
        ]

    def all(self, name: str, **labels: str) -> Iterator[Sample]:
        """The samples of that name which carry at least these labels."""
        for sample in self.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                yield sample

    def value(self, name: str, **labels: str) -> float:
        """The value of the one sample of that name and these labels."""
        found = list(self.all(name, **labels))
        assert len(found) == 1, f"{len(found)} samples of {name} {labels}: {found}"
        return found[0].value

    def total(self, name: str, **labels: str) -> float:
        """The sum over all samples of that name and these labels."""
        return sum(sample.value for sample in self.all(name, **labels))

    @property
    def running(self) -> float:
        return self.total("vllm:num_requests_running")

    @property
    def waiting(self) -> float:
        return self.total("vllm:num_requests_waiting")

    @property
    def kv_usage(self) -> float:
        return self.total("vllm:kv_cache_usage_perc")
