"""A folder of manifests that a program watches."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import manifests

Files = Mapping[str, str | Sequence[manifests.Manifest]]
"""Manifests by file name: texts, or lists of objects."""


class ManifestFolder:
    """Exists until `close`."""

    def __init__(self, files: Files | None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="understudy-manifests-")
        self.path = Path(self._folder.name)
        for name, content in (files or {}).items():
            self.write(name, content)

    def write(self, name: str, content: str | Sequence[manifests.Manifest]) -> None:
        """Puts a file into the folder, or another one into its place, whole at once as editors do it."""
        text = content if isinstance(content, str) else manifests.text(*content)
        beside = self.path / f".{name}.new"
        beside.write_text(text)
        beside.rename(self.path / name)

    def remove(self, name: str) -> None:
        (self.path / name).unlink()

    def close(self) -> None:
        self._folder.cleanup()
