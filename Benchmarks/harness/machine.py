"""The machine the measurements run on: what it is, how busy others keep it, whether its ports are free."""

import datetime
import os
import platform
import resource
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def raise_open_files() -> int:
    """Raises the soft limit of open files, which children inherit, to the hard one; returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def is_port_busy(port: int) -> bool:
    """Whether something listens; a bind would succeed next to a listener with SO_REUSEPORT."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def pinned(command: list[str], core: int) -> list[str]:
    """The command on one core, the same for the same number; as it is where there is but one."""
    cores = sorted(os.sched_getaffinity(0))
    return command if len(cores) < 2 else ["taskset", "-c", str(cores[core % len(cores)]), *command]


def busy_seconds() -> float:
    """CPU seconds of all cores that were not idle since boot, stolen ones included."""
    with open("/proc/stat") as file:
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


def wait_until_quiet(limit: float, patience: float) -> float:
    """Waits until less than `limit` cores are busy, for at most `patience` seconds; returns the time spent."""
    begin = time.monotonic()
    while time.monotonic() - begin < patience:
        before, at = busy_seconds(), time.monotonic()
        time.sleep(0.5)
        if (busy_seconds() - before) / (time.monotonic() - at) < limit:
            break
    return time.monotonic() - begin


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0].strip() if lines else "unknown"


def _field(path: str, key: str, separator: str) -> str:
    try:
        with open(path) as file:
            for line in file:
                if line.startswith(key):
                    return line.split(separator, 1)[1].strip().strip('"')
    except OSError:
        pass
    return "unknown"


def describe(repository: str) -> dict:
    """The facts a reader needs to judge the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    changes = _first_line("git", "-C", repository, "status", "--porcelain", "--untracked-files=no")
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _first_line("git", "-C", repository, "rev-parse", "--short", "HEAD")
        + ("" if changes == "unknown" else " with changes"),
        "cpu": _field("/proc/cpuinfo", "model name", ":"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30),
        "system": _field("/etc/os-release", "PRETTY_NAME", "="),
        "kernel": platform.release(),
        "virtual": " hypervisor" in _field("/proc/cpuinfo", "flags", ":"),
        "swift": _first_line("swift", "--version"),
        "cc": _first_line("cc", "--version"),
        "libmicrohttpd": _first_line("pkg-config", "--modversion", "libmicrohttpd"),
        "nginx": _first_line("nginx", "-v").removeprefix("nginx version: "),
        "wrk": _first_line("wrk", "-v").split(" Copyright")[0],
        "h2load": _first_line("h2load", "--version"),
    }
