"""Whatever happens to the objects, every request is answered by what was there while it was on its way."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from support.fleet import Fleet, FleetPool
from support.manifests import Manifest, deployment, pool, rewrite, rule

pytest_plugins = ["support.fleets"]

BAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: broken}\nspec: {replicas: many}\n"
GROUPS = ("red", "green", "blue")
CHANGES = 14


@dataclass
class World:
    """The objects as they should be: replicas of each group, whether its pool is there, and where an alias leads."""

    replicas: dict[str, int] = field(default_factory=dict)
    pools: frozenset[str] = frozenset()
    alias: str | None = None

    def answers(self, name: str) -> set[str]:
        """What a request for `name` may get: pods, or statuses."""
        group = self.alias if name == "alias" else name
        if group is None or group not in self.pools:
            return {"404"}
        count = self.replicas.get(group, 0)
        if count == 0:
            # An alias keeps its pool; a model without servers has none.
            return {"503"} if name == "alias" else {"404"}
        return {f"{group}-{index}" for index in range(count)}


class History:
    """Worlds in their order; during a change the one before and the one after are both true."""

    def __init__(self, world: World) -> None:
        self._worlds = [world]
        # Worlds before this one are over.
        self._first = 0
        self._lock = threading.Lock()

    def begin(self, world: World) -> None:
        with self._lock:
            self._worlds.append(world)

    def end(self) -> None:
        with self._lock:
            self._first = len(self._worlds) - 1

    def mark(self) -> int:
        """The first world that a request which begins now may see."""
        with self._lock:
            return self._first

    def since(self, mark: int) -> list[World]:
        with self._lock:
            return self._worlds[mark:]

    @property
    def latest(self) -> World:
        return self._worlds[-1]


class Story:
    """A fleet, what is asked of it all the time, and what is done to it meanwhile."""

    def __init__(self, fleet: Fleet, seed: int) -> None:
        self.fleet = fleet
        self.chance = random.Random(seed)
        self.history = History(World())
        self.ends = threading.Event()
        self.count = 0

    def ask_until_the_end(self, seed: int) -> None:
        chance = random.Random(seed)
        with self.fleet.connect() as connection:
            while not self.ends.is_set():
                name = chance.choice([*GROUPS, "alias"])
                mark = self.history.mark()
                answer = connection.post("/v1/completions", {"model": name, "prompt": "Hello", "max_tokens": 1})
                got = (answer.header("x-inference-pod") or "?") if answer.status == 200 else str(answer.status)
                allowed = set[str]().union(*(world.answers(name) for world in self.history.since(mark)))
                assert got in allowed, f"{name}: {got} and not one of {sorted(allowed)}: {answer.body[:200]!r}"
                self.count += 1

    def change(self) -> None:
        """One random change, from its beginning until it has taken effect."""
        world = self.history.latest
        group = self.chance.choice(GROUPS)
        match self.chance.randrange(6):
            case 0 | 1:
                count = self.chance.randrange(4)
                self._become(
                    World(world.replicas | {group: count}, world.pools, world.alias),
                    lambda: self.fleet.apply(deployment(group, group, replicas=count, latency=())),
                )
            case 2 if group in world.pools:
                self._become(
                    World(world.replicas, world.pools - {group}, world.alias),
                    lambda: self.fleet.delete("inferencepool", group),
                )
            case 2:
                self._become(
                    World(world.replicas, world.pools | {group}, world.alias),
                    lambda: self.fleet.apply(pool(group)),
                )
            case 3:
                self._become(
                    World(world.replicas, world.pools, group),
                    lambda: self._write("alias.yaml", [rewrite("alias", rule({group: None}, "alias"), pool=group)], "alias", 1),
                )
            case 4:
                self._become(
                    World(world.replicas, world.pools, None), lambda: self._write("alias.yaml", [], "alias", 0)
                )
            case _:
                # A bad edit changes nothing.
                self.fleet.write("bad.yaml", BAD)
                time.sleep(0.3)

    def _become(self, world: World, act: object) -> None:
        self.history.begin(world)
        assert callable(act)
        act()
        self.history.end()

    def _write(self, name: str, objects: list[Manifest], rewritten: str, count: int) -> None:
        self.fleet.write(name, objects)
        # `get` shows only whether the alias is there, so the world before counts for as long as a file may take.
        self.fleet.becomes(
            lambda: self.fleet.run("get", "inferencemodelrewrites", rewritten).returncode, 0 if count else 1
        )
        time.sleep(0.8)


@pytest.mark.parametrize("seed", range(3))
def test_every_answer_was_valid_while_it_was_asked_for(up: FleetPool, seed: int) -> None:
    fleet = up({"alias.yaml": []}, "--shutdown-timeout", "5")
    story = Story(fleet, seed)
    with ThreadPoolExecutor(4) as threads:
        askers = [threads.submit(story.ask_until_the_end, seed * 10 + index) for index in range(4)]
        try:
            for _ in range(CHANGES):
                if any(asker.done() for asker in askers):
                    break
                story.change()
        finally:
            story.ends.set()
        for asker in askers:
            asker.result()
    assert story.count > 50
    fleet.assert_healthy()
