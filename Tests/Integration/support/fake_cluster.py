"""Stands in for docker, podman, kind, kubectl and helm in the tests of examples/kind/demo.

Run as `fake_cluster.py TOOL ARGUMENTS…`, with FAKE_CLUSTER naming a folder. Every call is written to its `calls`; `rules` says
which calls go wrong. The cluster is one `understudy up`: `kind create` starts it at the port that the cluster's config
maps, `helm` renders this repository's charts with Helm itself and applies what comes out, `kubectl apply` applies, and so what the
walkthroughs ask is answered by the real thing. What no front door has (statuses of the Gateway API, nodes) is made up.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

STATE = Path(os.environ.get("FAKE_CLUSTER", "/nonexistent"))
UNDERSTUDY = os.environ.get("UNDERSTUDY_BINARY", "understudy")


def end(status: int = 0, out: str = "", error: str = "") -> NoReturn:
    sys.stdout.write(out and out.rstrip("\n") + "\n")
    sys.stderr.write(error and error.rstrip("\n") + "\n")
    sys.exit(status)


def remember(name: str, value: str = "") -> None:
    path = STATE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value)


def recalled(name: str) -> str:
    path = STATE / name
    return path.read_text() if path.exists() else ""


def there_is(name: str) -> bool:
    return (STATE / name).exists()


def understudy(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [UNDERSTUDY, *words, "--server", recalled("admin")]
    return subprocess.run(command, text=True, capture_output=True, check=False, **options)


def pass_on(*words: str, **options: Any) -> NoReturn:
    result = understudy(*words, **options)
    end(result.returncode, result.stdout, result.stderr)


def option(words: list[str], *names: str, default: str = "") -> str:
    """The value behind the last of these flags."""
    for index in range(len(words) - 1, -1, -1):
        if words[index] in names:
            return words[index + 1]
    return default


# The tools


def engine(words: list[str]) -> NoReturn:
    match words:
        case ["build", "--tag", tag, _] | ["pull", tag]:
            remember(f"images/{tag.replace('/', '_')}")
        case ["image", "inspect", tag]:
            end(0 if there_is(f"images/{tag.replace('/', '_')}") else 1, error="No such image")
        case ["save", "--output", file, tag]:
            if not there_is(f"images/{tag.replace('/', '_')}"):
                end(1, error=f"reference does not exist: {tag}")
            Path(file).write_text(tag)
        case ["port", container, "30080/tcp"]:
            port = recalled(f"clusters/{container.removesuffix('-control-plane')}")
            end(0 if port else 1, f"127.0.0.1:{port}" if port else "")
    end()


def kind(words: list[str]) -> NoReturn:
    name = option(words, "--name", default="kind")
    match words[:2]:
        case ["get", "clusters"]:
            end(out="\n".join(path.name for path in STATE.glob("clusters/*")))
        case ["create", "cluster"]:
            text = Path(option(words, "--config")).read_text()
            port = re.findall(r"hostPort: (\d+)", text)[0]
            start(port)
            remember(f"clusters/{name}", port)
        case ["load", "image-archive"]:
            remember("loaded", Path(words[2]).read_text())
        case ["delete", "cluster"]:
            stop()
            (STATE / f"clusters/{name}").unlink()
            shutil.rmtree(STATE / "releases", ignore_errors=True)
    end()


def start(port: str) -> None:
    (STATE / "empty").mkdir(exist_ok=True)
    log = (STATE / "log").open("w")
    process = subprocess.Popen(
        [UNDERSTUDY, "up", "-f", STATE / "empty", "--port", port, "--admin-port", "0", "--metrics-port", "0",
         "--split", "smooth", "--shutdown-timeout", "1"],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    remember("pid", str(process.pid))
    deadline = time.monotonic() + 10
    while not (ready := re.search(r"ready .*", recalled("log"))):
        if time.monotonic() > deadline or process.poll() is not None:
            end(1, error=f"no cluster: {recalled('log')}")
        time.sleep(0.01)
    for key in ("admin", "metrics"):
        found = re.search(rf'\b{key}="?(https?://[^\s"]+)', ready[0])
        assert found, ready[0]
        remember(key, found[1].replace("localhost", "127.0.0.1"))


def stop() -> None:
    pid = int(recalled("pid"))
    (STATE / "pid").unlink()
    os.kill(pid, signal.SIGTERM)
    while Path(f"/proc/{pid}/exe").exists():
        time.sleep(0.005)


def kubectl(words: list[str]) -> NoReturn:
    if words[:1] != ["--context"] or not there_is(f"clusters/{words[1].removeprefix('kind-')}"):
        end(1, error=f"error: no such context: {words[:2]}")
    words = words[2:]
    namespace = option(words, "--namespace", default="default")
    file = option(words, "-f")
    match words[0]:
        case "apply" if file.startswith("http"):
            remember(f"crds/{Path(file).name}")
        case "apply":
            remember(f"applied/{Path(file).name}")
            pass_on("apply", "-f", file)
        case "delete" if "--all" in words:
            for plural in words[-1].split(","):
                table = understudy("get", plural, "--namespace", namespace).stdout.splitlines()[1:]
                for row in table:
                    understudy("delete", plural, row.split()[0], "--namespace", namespace)
        case "delete":
            pass_on("delete", "--ignore-not-found", "-f", file)
        case "exec":
            pass_on(*words[words.index("understudy") + 1 :], stdin=sys.stdin)
        case "get" if "--raw" in words:
            page = subprocess.run(["curl", "-s", recalled("metrics")], text=True, capture_output=True, check=True)
            end(out=page.stdout)
        case "get":
            end(out=look_up(words, namespace, file))
    end()


def look_up(words: list[str], namespace: str, file: str) -> str:
    """What `kubectl get` prints for the questions that demo has."""
    what = option(words, "-o")
    if file:
        import yaml

        objects = [each for each in yaml.safe_load_all(Path(file).read_text()) if each]
        return "\n".join(
            f"{each['kind']} {each['metadata']['name']} {each['metadata'].get('namespace', 'default')} "
            f"{each['spec'].get('poolRef', {}).get('name', '<none>')}"
            for each in objects
        )
    sort = words[1]
    if sort == "nodes":
        return "node/made-for-the-demo"
    name = words[2]
    if sort == "gatewayclass":
        # The controllers make it; the releases' names are theirs.
        controller = {"agentgateway": "agentgateway", "istio": "istiod"}[name]
        if not any(STATE.glob(f"releases/*/{controller}")):
            return ""
        return "True" if "Accepted" in what else name
    if sort == "service":
        return name if there_is("applied/front-door.yaml") or there_is("applied/gateway.yaml") else ""
    if sort == "deployment":
        return name if understudy("get", "gateways", "inference-gateway").returncode == 0 else ""
    if "ResolvedRefs" in what:
        return "RefNotPermitted" if (namespace, name) == ("default", "team") else "ResolvedRefs"
    return name if understudy("get", sort, name, "--namespace", namespace).returncode == 0 else ""


def helm(words: list[str]) -> NoReturn:
    cluster = words[1].removeprefix("kind-")
    if words[0] != "--kube-context" or not there_is(f"clusters/{cluster}"):
        end(1, error=f"Error: no such context: {words[:2]}")
    words = words[2:]
    namespace = option(words, "--namespace", default="default")
    releases = STATE / "releases" / namespace
    match words[0]:
        case "list":
            end(out="\n".join(sorted(path.name for path in releases.glob("*"))))
        case "uninstall":
            gone = (releases / words[1]).rename(STATE / f"uninstalled-{words[1]}.yaml")
            if words[1] == "front-door":
                # What was applied inside is gone with the pod.
                stop()
                start(recalled(f"clusters/{cluster}"))
            elif gone.stat().st_size:
                pass_on("delete", "--ignore-not-found", "-f", str(gone))
        case "upgrade":
            remember(f"releases/{namespace}/{words[2]}")
            if (Path(words[3]) / "Chart.yaml").exists():
                install(words, namespace)
    end()


def install(words: list[str], namespace: str) -> None:
    """Renders a chart and applies what a front door can have: not the pickers, and of a front door its manifests."""
    import helm_python
    import yaml

    values: dict[str, Any] = {}
    parsers = {
        "--set": helm_python.parse_set_string,
        "--set-string": helm_python.parse_set_string_values,
        "--set-file": helm_python.parse_set_file,
    }
    for name, parse in parsers.items():
        given = [value for flag, value in zip(words, words[1:], strict=False) if flag == name]
        merge(values, parse(",".join(given)))
    with helm_python.Chart.load(words[3]) as chart:
        rendered = chart.render(values, name=words[2], namespace=namespace, is_install=True)
    objects = [each for path, text in rendered.items() if path.endswith(".yaml") for each in yaml.safe_load_all(text) if each]
    for each in objects:
        if each["kind"] == "Deployment":
            # Only what was loaded into the nodes can be started.
            images = [container["image"] for container in each["spec"]["template"]["spec"]["containers"]]
            if images != [recalled("loaded")]:
                end(1, error=f"Error: {images} is not in the cluster, {recalled('loaded')} is")
    if values.get("standalone", {}).get("enabled"):
        text = "\n---\n".join(next(each for each in objects if each["kind"] == "ConfigMap")["data"].values())
    else:
        text = yaml.safe_dump_all(each for each in objects if not each["metadata"]["name"].endswith("-epp"))
    remember(f"releases/{namespace}/{words[2]}", text)
    pass_on("apply", "--namespace", namespace, "-f", str(STATE / "releases" / namespace / words[2]))


def merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def main() -> NoReturn:
    # Without -S every call would take three times as long; few need packages.
    sys.path.extend(os.environ.get("FAKE_CLUSTER_PACKAGES", "").split(os.pathsep))
    tool, *words = sys.argv[1:]
    call = " ".join([tool, *words])
    with (STATE / "calls").open("a") as calls:
        calls.write(call.replace("\n", " ") + "\n")
    for rule in json.loads(recalled("rules") or "[]"):
        if re.search(rule["call"], call):
            time.sleep(rule.get("seconds", 0))
            end(rule.get("status", 1), rule.get("out", ""), rule.get("error", ""))
    {"docker": engine, "podman": engine, "kind": kind, "kubectl": kubectl, "helm": helm}[tool](words)
    end()


if __name__ == "__main__":
    main()
