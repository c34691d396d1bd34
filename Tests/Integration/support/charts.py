"""The charts, their value files, and what is in what they render."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .helm import ROOT, Rendered, render
from .manifests import Manifest

CHARTS = ROOT / "charts"
SERVERS = CHARTS / "understudy"
PICKER = CHARTS / "understudy-epp"
# One for each documented combination.
VALUE_FILES = sorted(CHARTS.glob("*/ci/*-values.yaml"))

# The least that each chart needs.
VALUES: dict[str, Any] = {"image": {"tag": "1"}, "config": {"model": "m"}}
STANDALONE: dict[str, Any] = VALUES | {"standalone": {"enabled": True}}
PICKER_VALUES: dict[str, Any] = {
    "inferenceExtension": {"image": {"tag": "1"}},
    "inferencePool": {"modelServers": {"matchLabels": {"app": "m"}}},
}


def chart_of(values: Path) -> Path:
    return values.parents[1]


def values_of(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text())
    assert isinstance(content, dict)
    return content


@cache
def rendered(values: Path) -> Rendered:
    """What a value file's release `demo` in the namespace `ns` would install."""
    return render(chart_of(values), values_of(values))


def workload(release: Rendered) -> Manifest:
    """The release's one Deployment or StatefulSet."""
    found = release.all("Deployment") + release.all("StatefulSet")
    assert len(found) == 1
    return found[0]


def pod_spec(release: Rendered) -> Manifest:
    return workload(release)["spec"]["template"]["spec"]


def pod_labels(release: Rendered) -> dict[str, str]:
    return workload(release)["spec"]["template"]["metadata"]["labels"]


def container(release: Rendered) -> Manifest:
    (only,) = pod_spec(release)["containers"]
    return only


def container_port(release: Rendered, name: str | int) -> int:
    """The number of a container's port, by its name as probes and monitors use it."""
    found = [
        port["containerPort"] for port in container(release)["ports"] if name in (port["name"], port["containerPort"])
    ]
    assert len(found) == 1, f"port {name}"
    return found[0]


def arguments(release: Rendered, mounts: Path | None = None) -> list[str]:
    """The container's words; files that are mounted are written below `mounts` and named there."""
    words: list[str] = container(release)["args"]
    volumes = {volume["name"]: volume for volume in pod_spec(release).get("volumes", [])}
    for mount in container(release).get("volumeMounts", []):
        assert mount["readOnly"] is True
        place = mount["mountPath"]
        assert mounts is not None
        folder = mounts / place.strip("/")
        folder.mkdir(parents=True, exist_ok=True)
        source = volumes[mount["name"]]
        if "configMap" in source:
            maps = {item["metadata"]["name"]: item["data"] for item in release.all("ConfigMap")}
            for name, text in maps[source["configMap"]["name"]].items():
                (folder / name).write_text(text)
        words = [str(mounts) + word if word == place or word.startswith(place + "/") else word for word in words]
    return words


def flag(words: list[str], name: str) -> str:
    """The value behind a flag."""
    assert words.count(name) == 1, name
    return words[words.index(name) + 1]


def selects(selector: dict[str, str], labels: dict[str, str]) -> bool:
    return bool(selector) and selector.items() <= labels.items()
