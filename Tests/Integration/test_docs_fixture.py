"""The fixture and the tests that docs/replace-vllm-in-a-test.md shows: they run as a reader would paste them."""

import os
import re
import subprocess
import sys
from pathlib import Path

from support.process import binary, clean_environment

DOCUMENT = Path(__file__).parents[2] / "docs" / "replace-vllm-in-a-test.md"
FILE = re.compile(r"<!-- (\w+\.py) -->\n```python\n(.*?)```", re.DOTALL)


def test_as_pasted(tmp_path: Path) -> None:
    files = dict(FILE.findall(DOCUMENT.read_text()))
    assert set(files) == {"conftest.py", "test_chat.py"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    environment = clean_environment()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "understudy").symlink_to(binary())
    environment["PATH"] = f"{tmp_path / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed" in result.stdout
