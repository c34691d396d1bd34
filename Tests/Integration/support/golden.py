"""Recorded answers of the peer: `# server: env … -- flags`, `# request: curl …`, and the raw response."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Beside a checkout on the machine where the project is developed; elsewhere there is none.
FOLDER = Path(__file__).parents[3].parent / "shared" / "golden"


@dataclass
class Response:
    """One response as `curl -i` prints it."""

    status: int
    headers: dict[str, str]
    body: str

    @staticmethod
    def parse(text: str) -> "Response":
        head, _, body = text.replace("\r\n", "\n").partition("\n\n")
        first, *rest = head.split("\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        return Response(int(first.split(" ")[1]), headers, body)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def frames(self) -> list[Any]:
        """The frames of a stream: JSON, or the text `[DONE]`."""
        lines = [line for line in self.body.split("\n") if line.startswith("data: ")]
        datas = [line.removeprefix("data: ") for line in lines]
        return [data if data == "[DONE]" else json.loads(data) for data in datas]


@dataclass
class Recording:
    """A request to a server started in a known way, and what came back."""

    name: str
    environment: dict[str, str]
    flags: list[str]
    # Arguments of curl behind `curl`; the port is written PORT.
    request: list[str]
    response: Response

    @staticmethod
    def read(path: Path) -> "Recording":
        server, request, response = path.read_bytes().decode().split("\n", 2)
        environment, _, flags = server.removeprefix("# server: env ").strip().partition(" -- ")
        return Recording(
            path.name,
            dict(word.split("=", 1) for word in environment.split(" ") if word),
            # Not quoted, and no value has a space.
            flags.split(),
            shlex.split(request.removeprefix("# request: "))[1:],
            Response.parse(response.lstrip("\r\n")),
        )

    @property
    def server(self) -> str:
        """What makes servers different."""
        return json.dumps([self.environment, self.flags])


def recordings() -> list[Recording]:
    return [Recording.read(path) for path in sorted(FOLDER.glob("*.txt"))]
