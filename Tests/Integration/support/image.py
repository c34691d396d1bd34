"""The image, built from the Dockerfile by buildah, without a daemon and without an image registry.

The binary under test takes the place of the Dockerfile's compiling stage. The base image is made from the packages of
the distribution, once: it is kept below .build/image.
"""

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from .process import binary

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".build" / "image"
# The distribution of the Dockerfile's base images.
SUITE = "bookworm"
BASE = "localhost/understudy-base"
LIMIT = 300.0
# Distributions whose binaries find their libraries in the image.
COMPATIBLE = {"bookworm", "jammy"}


def obstacle() -> str | None:
    """Why no image can be built here; None when it can."""
    missing = [tool for tool in ("buildah", "mmdebstrap", "strip", "unshare", "nsenter") if shutil.which(tool) is None]
    if missing:
        return f"{' and '.join(missing)} missing: run scripts/bootstrap test on Debian or Ubuntu"
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    name = release.get("VERSION_CODENAME", "").strip('"')
    if name not in COMPATIBLE:
        return f"a binary that was built on {name or 'this system'} does not run on the image's Debian {SUITE}"
    return None


def run(*words: str, check: bool = True, **options: Any) -> str:
    """The standard output of a command, which must succeed unless `check` is false."""
    result = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT, check=False, **options
    )
    assert not check or result.returncode == 0, (
        f"{' '.join(words)}: exit status {result.returncode}\n{result.stdout}{result.stderr}"
    )
    return result.stdout


class Image:
    """What a build left: its configuration, and its layers as files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        manifest = json.loads((folder / "manifest.json").read_text())
        self._layers = [self._blob(layer["digest"]) for layer in manifest["layers"]]
        whole = json.loads(self._blob(manifest["config"]["digest"]).read_text())
        self.architecture: str = whole["architecture"]
        # Uncompressed.
        self.layer_digests: list[str] = whole["rootfs"]["diff_ids"]
        self.config: dict[str, Any] = whole["config"]

    def _blob(self, digest: str) -> Path:
        return self._folder / digest.removeprefix("sha256:")

    @property
    def size(self) -> int:
        """Bytes of all files, uncompressed."""
        return sum(member.size for member in self.members())

    def members(self) -> list[tarfile.TarInfo]:
        return [member for layer in self._layers for member in tarfile.open(layer).getmembers()]

    def extract(self, folder: Path) -> None:
        """The root file system, as a runtime lays it out."""
        for layer in self._layers:
            run("tar", "--extract", "--preserve-permissions", "--file", str(layer), "--directory", str(folder))


class ImageBuilder:
    """Builds with the binary under test, stripped as the Dockerfile strips it."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._buildah = ["buildah", "--root", str(CACHE / "storage"), "--runroot", str(scratch / "run")]
        self._environment = os.environ | {"BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"}
        (scratch / "build" / "out").mkdir(parents=True)
        run("strip", "-o", str(scratch / "build" / "out" / "understudy"), binary())
        self._make_base()

    def _make_base(self) -> None:
        """The stand-in for debian:bookworm-slim."""
        CACHE.mkdir(parents=True, exist_ok=True)
        archive = CACHE / f"base-{SUITE}.tar"
        if archive.exists() and self._run("images", "--quiet", BASE, check=False):
            return
        partial = CACHE / f".base-{SUITE}.{os.getpid()}.tar"
        run("mmdebstrap", "--quiet", "--variant=apt", SUITE, str(partial))
        partial.rename(archive)
        recipe = self._scratch / "base.Dockerfile"
        recipe.write_text(f"FROM scratch\nADD {archive.name} /\n")
        self._run("build", "--quiet", "--tag", BASE, "--file", str(recipe), str(CACHE))

    def _run(self, *words: str, **options: Any) -> str:
        return run(*self._buildah, *words, env=self._environment, **options)

    def build(self, name: str, *flags: str) -> Image:
        """Runs the stages behind the compiling one, from the beginning."""
        tag = f"localhost/understudy-{name}"
        self._run(
            "build", "--quiet", "--format", "docker", "--no-cache", "--pull-never", "--timestamp", "0", "--tag", tag,
            "--build-context", f"build={self._scratch / 'build'}", "--build-arg", f"LIBRARY_IMAGE={BASE}", *flags,
            str(ROOT),
        )  # fmt: skip
        self._run("push", "--quiet", tag, f"dir:{self._scratch / name}")
        return Image(self._scratch / name)

    def packages_exist(self, names: list[str]) -> str:
        """What apt would install for the compiling stage."""
        container = self._run("from", "--pull-never", BASE).strip()
        try:
            script = f"apt-get update -qq && apt-get install -qq --simulate --no-install-recommends {' '.join(names)}"
            return self._run("run", container, "--", "sh", "-c", script)
        finally:
            self._run("rm", container)

    def close(self) -> None:
        """Leaves the base for the next time."""
        images = self._run("images", "--quiet", "--filter", "reference=localhost/understudy-*").split()
        base = self._run("images", "--quiet", BASE).split()
        for image in dict.fromkeys(images):
            if image not in base:
                self._run("rmi", "--force", image)
