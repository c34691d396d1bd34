"""The scripts of examples/ and scripts/, and the manifests and the README of examples/kind."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.kind_demo import KIND, ROOT
from support.schemas import documents, validate

# Tests/Schemas does not have those of other projects.
OF_OTHERS = {"kind.x-k8s.io/v1alpha4", "agentgateway.dev/v1alpha1"}


def test_shellcheck() -> None:
    shell = re.compile(r"#!.*\b(ba)?sh\b|# shellcheck shell=")
    scripts = [
        path
        for folder in ("examples", "scripts")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and shell.match(path.read_text(errors="replace").split("\n", 1)[0])
    ]
    assert len(scripts) >= 15
    # What is sourced is looked at where it is sourced, with the variables that are there.
    alone = [path for path in scripts if path.read_text().startswith("#!")]
    command = [Path(sys.executable).with_name("shellcheck"), "--external-sources", "--source-path", ROOT, *alone]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", sorted(KIND.rglob("*.yaml")), ids=lambda path: path.stem)
def test_manifests_are_valid(path: Path) -> None:
    objects = documents(path.read_text())
    assert objects
    errors = [error for each in objects if each["apiVersion"] not in OF_OTHERS for error in validate(each)]
    assert not errors


def test_ports_agree() -> None:
    cluster = yaml.safe_load((KIND / "cluster.yaml").read_text())
    (mapping,) = cluster["nodes"][0]["extraPortMappings"]
    assert mapping["listenAddress"] == "127.0.0.1"
    gateway, service = documents((KIND / "gateway.yaml").read_text())
    (front_door,) = documents((KIND / "front-door.yaml").read_text())
    assert service["spec"]["ports"][0]["targetPort"] == gateway["spec"]["listeners"][0]["port"]
    for each in (service, front_door):
        assert each["spec"]["ports"][0]["nodePort"] == mapping["containerPort"]
        assert each["metadata"]["name"] == "understudy-demo"


def test_the_readme_names_versions_and_files() -> None:
    readme, script = (KIND / "README.md").read_text(), (KIND / "demo").read_text()
    for name, value in re.findall(r'^(\w+_VERSION)="\$\{\w+:-([^}]+)\}"', script, re.MULTILINE):
        assert re.search(rf"{name}`\s+{re.escape(value)}", readme), name
    for name in re.findall(r"`([\w-]+\.(?:sh|yaml))`", readme):
        assert (KIND / name).exists(), name
