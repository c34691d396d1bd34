"""get, apply and delete as kubectl's users know them, and files that are watched."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.fleet import Fleet, FleetPool, free_base_port
from support.manifests import deployment, gateway, objective, pool, rewrite, route, rule, text, to
from support.process import run_to_exit

pytest_plugins = ["support.fleets"]

BASE = "base"
SERVERS = [deployment("sim", BASE, adapters=["v1", "v2"]), pool("pool", "sim")]
REWRITES = "inferencemodelrewrites.inference.networking.x-k8s.io"
REWRITE = "inferencemodelrewrite.inference.networking.x-k8s.io"


def alias(name: str, target: str = "v1") -> str:
    """A file with a rewrite of that name for the model of that name."""
    return text(rewrite(name, rule(target, name)))


# Commands


@pytest.fixture(scope="module")
def shared(up_for_module: FleetPool) -> Fleet:
    return up_for_module({"servers.yaml": SERVERS}, "--response-model", "backend")


@pytest.fixture
def fleet(shared: Fleet) -> Iterator[Fleet]:
    """With servers and a pool, and no rewrites, before and after."""
    yield shared
    for line in shared.run("get", "inferencemodelrewrites", "-A").stdout.splitlines()[1:]:
        namespace, name, _ = line.split()
        shared.delete("inferencemodelrewrite", name, "-n", namespace)


def test_apply_says_what_became_of_each_object(fleet: Fleet) -> None:
    one, two = rewrite("one", rule("v1", "one")), rewrite("two", rule("v1", "two"))
    assert fleet.apply(one, two).splitlines() == [f"{REWRITE}/one created", f"{REWRITE}/two created"]
    assert fleet.apply(one).splitlines() == [f"{REWRITE}/one unchanged"]
    changed = rewrite("two", rule("v2", "two"))
    assert fleet.apply(one, changed).splitlines() == [f"{REWRITE}/one unchanged", f"{REWRITE}/two configured"]


def test_apply_takes_files_and_folders(fleet: Fleet, tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.yaml").write_text(alias(name))
    (tmp_path / "notes.txt").write_text("not a manifest")
    result = fleet.run("apply", "-f", str(tmp_path / "b.yaml"))
    assert (result.returncode, result.stdout) == (0, f"{REWRITE}/b created\n"), result.stderr
    result = fleet.run("apply", "-f", str(tmp_path))
    assert result.stdout.splitlines() == [f"{REWRITE}/a created", f"{REWRITE}/b unchanged"]


def test_apply_of_json(fleet: Fleet) -> None:
    result = fleet.run("apply", "-f", "-", stdin=json.dumps(rewrite("js", rule("v1", "js"))))
    assert (result.returncode, result.stdout) == (0, f"{REWRITE}/js created\n"), result.stderr
    assert fleet.ask("js").json()["model"] == "v1"


def test_apply_names_kinds_that_are_of_no_use(fleet: Fleet) -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {}}
    result = fleet.run("apply", "-f", "-", stdin=text(config, rewrite("one", rule("v1", "one"))))
    assert result.returncode == 0, result.stderr
    assert f"{REWRITE}/one created" in result.stdout
    assert re.search("configmap.*skipped", (result.stdout + result.stderr).lower())


def test_apply_is_all_or_nothing(fleet: Fleet) -> None:
    wrong = rewrite("two", rule({"v1": -1}, "two"))
    result = fleet.run("apply", "-f", "-", stdin=text(rewrite("one", rule("v1", "one")), wrong))
    assert result.returncode == 1
    assert result.stdout == ""
    assert "two" in result.stderr
    assert "weight" in result.stderr
    assert "-1" in result.stderr
    assert fleet.ask("one").status_code == 404


def test_apply_of_what_is_not_there(fleet: Fleet) -> None:
    result = fleet.run("apply", "-f", "/nowhere/at/all.yaml")
    assert result.returncode == 1
    assert result.stderr.startswith("error:")
    assert "/nowhere/at/all.yaml" in result.stderr


def test_get_lists_names_and_ages(fleet: Fleet) -> None:
    fleet.apply(rewrite("zebra", rule("v1", "z")), rewrite("ant", rule("v1", "a")))
    lines = fleet.run("get", "inferencemodelrewrites").stdout.splitlines()
    assert lines[0].split() == ["NAME", "AGE"]
    assert [line.split()[0] for line in lines[1:]] == ["ant", "zebra"]
    for line in lines[1:]:
        assert re.fullmatch(r"\S+ {3,}\d+s", line), line
    # Columns are aligned.
    column = lines[0].index("AGE")
    assert all(line[column - 1] == " " and line[column].isdigit() for line in lines[1:]), lines


def test_get_of_an_old_object(fleet: Fleet) -> None:
    fleet.apply(rewrite("ancient", rule("v1", "a"), created="2000-01-01T00:00:00Z"))
    assert re.search(r"^ancient +\d+y", fleet.run("get", "inferencemodelrewrites").stdout, re.MULTILINE)


@pytest.mark.parametrize(
    "kind",
    ["inferencemodelrewrites", "inferencemodelrewrite", "InferenceModelRewrite", REWRITES],
)
def test_get_knows_a_kind_by_its_names(fleet: Fleet, kind: str) -> None:
    fleet.apply(rewrite("one", rule("v1", "one")))
    assert fleet.run("get", kind).stdout.split()[2] == "one"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("inferencepools", "pool"),
        ("infpool", "pool"),
        ("deployments", "sim"),
        ("deploy", "sim"),
        ("pods", "sim-0"),
        ("po", "sim-0"),
    ],
)
def test_get_knows_other_kinds(fleet: Fleet, kind: str, name: str) -> None:
    result = fleet.run("get", kind)
    assert result.returncode == 0, result.stderr
    heading, *rows = result.stdout.splitlines()
    assert heading.split()[0] == "NAME"
    assert heading.split()[-1] == "AGE"
    assert [row.split()[0] for row in rows] == [name]


def test_get_in_namespaces(fleet: Fleet) -> None:
    there = rewrite("there", rule("v1", "there"))
    there["metadata"]["namespace"] = "team"
    fleet.apply(rewrite("here", rule("v1", "here")), there)
    assert fleet.run("get", "inferencemodelrewrites", "-n", "team").stdout.split()[2] == "there"
    lines = fleet.run("get", "inferencemodelrewrites", "-A").stdout.splitlines()
    assert lines[0].split() == ["NAMESPACE", "NAME", "AGE"]
    assert [line.split()[:2] for line in lines[1:]] == [["default", "here"], ["team", "there"]]


def test_apply_into_a_namespace(fleet: Fleet) -> None:
    result = fleet.run("apply", "-n", "team", "-f", "-", stdin=alias("placed"))
    assert result.returncode == 0, result.stderr
    assert "placed" in fleet.run("get", "inferencemodelrewrites", "-n", "team").stdout


def test_get_of_nothing(fleet: Fleet) -> None:
    result = fleet.run("get", "inferenceobjectives")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "No resources found in default namespace.\n"
    result = fleet.run("get", "inferenceobjectives", "-A")
    assert (result.returncode, result.stderr) == (0, "No resources found\n")


def test_get_of_one(fleet: Fleet) -> None:
    fleet.apply(rewrite("one", rule("v1", "one")), rewrite("two", rule("v1", "two")))
    lines = fleet.run("get", "inferencemodelrewrites", "two").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["NAME", "two"]


@pytest.mark.parametrize("verb", ["get", "delete"])
def test_what_is_not_found(fleet: Fleet, verb: str) -> None:
    result = fleet.run(verb, "inferencemodelrewrite", "nobody")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f'Error from server (NotFound): {REWRITES} "nobody" not found\n'


@pytest.mark.parametrize("verb", ["get", "delete"])
def test_a_kind_that_nobody_knows(fleet: Fleet, verb: str) -> None:
    result = fleet.run(verb, "unicorns", *(["sparkle"] if verb == "delete" else []))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == 'error: the server doesn\'t have a resource type "unicorns"\n'


def test_delete(fleet: Fleet) -> None:
    fleet.apply(rewrite("one", rule("v1", "one")))
    assert fleet.ask("one").status_code == 200
    assert fleet.delete("inferencemodelrewrite", "one") == f'{REWRITE} "one" deleted\n'
    fleet.status_becomes("one", 404)
    assert fleet.run("delete", "inferencemodelrewrite", "one").returncode == 1


def test_delete_in_a_namespace(fleet: Fleet) -> None:
    there = rewrite("one", rule("v1", "one"))
    there["metadata"]["namespace"] = "team"
    fleet.apply(there)
    assert fleet.run("delete", "inferencemodelrewrite", "one").returncode == 1
    fleet.delete("inferencemodelrewrite", "one", "-n", "team")


def test_delete_by_manifest(fleet: Fleet) -> None:
    fleet.apply(rewrite("one", rule("v1", "one")))
    result = fleet.run("delete", "-f", "-", stdin=alias("one"))
    assert (result.returncode, result.stdout) == (0, f'{REWRITE} "one" deleted\n'), result.stderr


def test_nobody_listens(fleet: Fleet) -> None:
    """The commands say so in one line."""
    port = str(free_base_port(1))
    result = run_to_exit("get", "inferencepools", "--admin-port", port)
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert port in result.stderr


def test_a_changed_objective(fleet: Fleet) -> None:
    kind = "inferenceobjective.inference.networking.x-k8s.io"
    assert fleet.apply(objective("batch", -1)) == f"{kind}/batch created\n"
    assert fleet.apply(objective("batch", -2)) == f"{kind}/batch configured\n"
    assert fleet.delete("inferenceobjectives", "batch") == f'{kind} "batch" deleted\n'


# Watched files


@pytest.fixture
def watching(up: FleetPool) -> Fleet:
    return up({"servers.yaml": SERVERS, "one.yaml": alias("one")}, "--response-model", "backend")


def model_of(fleet: Fleet, model: str) -> object:
    answer = fleet.ask(model)
    return answer.json()["model"] if answer.status_code == 200 else answer.status_code


def test_an_edited_file(watching: Fleet) -> None:
    assert model_of(watching, "one") == "v1"
    watching.write("one.yaml", alias("one", "v2"))
    watching.becomes(lambda: model_of(watching, "one"), "v2")


def test_a_file_edited_in_its_place(watching: Fleet) -> None:
    """As `>` and some editors write."""
    (watching.folder / "one.yaml").write_text(alias("one", "v2"))
    watching.becomes(lambda: model_of(watching, "one"), "v2")


def test_an_edit_of_the_same_length_within_a_second(watching: Fleet) -> None:
    for target in ("v2", "v1", "v2"):
        watching.write("one.yaml", alias("one", target))
        watching.becomes(lambda: model_of(watching, "one"), target)


def test_an_added_and_a_deleted_file(watching: Fleet) -> None:
    watching.write("two.yaml", alias("two", "v2"))
    watching.becomes(lambda: model_of(watching, "two"), "v2")
    watching.remove("two.yaml")
    watching.status_becomes("two", 404)
    assert model_of(watching, "one") == "v1"


def test_a_renamed_file(watching: Fleet) -> None:
    (watching.folder / "one.yaml").rename(watching.folder / "uno.yaml")
    watching.write("two.yaml", alias("two"))
    watching.status_becomes("two", 200)
    assert model_of(watching, "one") == "v1"


def test_a_folder_within(watching: Fleet) -> None:
    (watching.folder / "more").mkdir()
    (watching.folder / "more" / "two.yaml").write_text(alias("two", "v2"))
    watching.becomes(lambda: model_of(watching, "two"), "v2")


BAD = {
    "not YAML": "a: [",
    "a wrong type": text(rewrite("one", rule({"v2": -5}, "one"))),
    "an unknown version": alias("one", "v2").replace("v1alpha2", "v9"),
    "one of two wrong": alias("one", "v2") + "---\n" + text(rewrite("two", rule({"v2": 0}, "two"))),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_edit_keeps_the_last_good_state(watching: Fleet, bad: str) -> None:
    watching.write("one.yaml", bad)
    watching.becomes(lambda: bool(re.search(r"one\.yaml:\d+", watching.log)), True)
    assert model_of(watching, "one") == "v1"
    # Other files go on to count.
    watching.write("two.yaml", alias("two", "v2"))
    watching.becomes(lambda: model_of(watching, "two"), "v2")
    assert model_of(watching, "one") == "v1"
    watching.write("one.yaml", alias("one", "v2"))
    watching.becomes(lambda: model_of(watching, "one"), "v2")


def test_an_empty_file_declares_nothing(watching: Fleet) -> None:
    watching.write("one.yaml", "")
    watching.status_becomes("one", 404)


def test_an_object_from_a_file_stays_deleted_until_that_file_changes(watching: Fleet) -> None:
    watching.delete("inferencemodelrewrite", "one")
    watching.status_becomes("one", 404)
    # Another file is no reason to come back.
    watching.write("two.yaml", alias("two", "v2"))
    watching.status_becomes("two", 200)
    assert model_of(watching, "one") == 404
    watching.write("one.yaml", alias("one", "v2"))
    watching.becomes(lambda: model_of(watching, "one"), "v2")


def test_what_is_applied_wins_until_the_file_changes(watching: Fleet) -> None:
    output = watching.apply(rewrite("one", rule("v2", "one")))
    assert output == f"{REWRITE}/one configured\n"
    assert model_of(watching, "one") == "v2"
    watching.write("two.yaml", alias("two"))
    watching.status_becomes("two", 200)
    assert model_of(watching, "one") == "v2"
    watching.write("one.yaml", "# as it was\n" + alias("one", "v1"))
    watching.becomes(lambda: model_of(watching, "one"), "v1")


def test_an_edit_keeps_an_objects_age(watching: Fleet) -> None:
    """The younger of two for one model does not overtake when the older is edited."""
    watching.write("two.yaml", text(rewrite("two", rule("v2", "one"), rule("v2", "two"))))
    watching.status_becomes("two", 200)
    assert model_of(watching, "one") == "v1"
    watching.write("one.yaml", text(rewrite("one", rule("v1", "one"), rule("v1", "more"))))
    watching.status_becomes("more", 200)
    assert model_of(watching, "one") == "v1"


def test_no_request_is_lost_by_edits(watching: Fleet) -> None:
    for turn in range(10):
        watching.write("one.yaml", alias("one", "v1" if turn % 2 else "v2"))
        answers = [answer.json["model"] for answer in watching.many("one", 20)]
        assert set(answers) <= {"v1", "v2"}


def test_routes_and_pools_from_files(watching: Fleet) -> None:
    watching.write("gateway.yaml", [gateway(), route("r", to("other"))])
    watching.status_becomes(BASE, 500)
    watching.write("pool.yaml", [pool("other", "sim")])
    watching.status_becomes(BASE, 200)
    watching.remove("gateway.yaml")
    watching.status_becomes("one", 200)


# Other sources


def test_standard_input(up: FleetPool) -> None:
    fleet = up(None, stdin=text(*SERVERS) + "---\n" + alias("one"))
    assert fleet.ask("one").status_code == 200


def test_several_sources(up: FleetPool, tmp_path: Path) -> None:
    (tmp_path / "alias.yaml").write_text(alias("one"))
    fleet = up({"servers.yaml": SERVERS}, "-f", str(tmp_path / "alias.yaml"))
    assert fleet.ask("one").status_code == 200
    (tmp_path / "alias.yaml").write_text(alias("uno"))
    fleet.status_becomes("uno", 200)
    assert fleet.ask("one").status_code == 404


def test_models_json_beside_manifests(up: FleetPool) -> None:
    models = {"models": [{"model": "org/one", "replicas": 2}, {"model": "org/two"}], "time-to-first-token": "1ms"}
    fleet = up({"models.json": json.dumps(models), "servers.yaml": SERVERS})
    assert {"org/one", "org/two", BASE, "v1", "v2"} <= set(fleet.model_names)
    for model in ("org/one", "org/two", BASE, "v1"):
        answer = fleet.ask(model)
        assert answer.status_code == 200, answer.text
        assert answer.json()["model"] == model
    assert len(fleet.run("get", "pods").stdout.splitlines()) == 1 + 4


def test_kinds_without_use_are_skipped_aloud(up: FleetPool) -> None:
    objects = [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}},
        {"apiVersion": "agentgateway.dev/v1alpha1", "kind": "AgentgatewayPolicy", "metadata": {"name": "bbr"}},
    ]
    fleet = up({"servers.yaml": SERVERS, "other.yaml": objects})
    assert fleet.ask(BASE).status_code == 200
    for kind in ("ConfigMap", "AgentgatewayPolicy"):
        assert any(kind in line and "skipped" in line for line in fleet.log.splitlines()), fleet.log


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Host": "elsewhere.example"}])
@pytest.mark.parametrize("path", ["/api/apply", "/api/delete?kind=InferencePool&name=any"])
def test_pages_of_others_change_nothing(fleet: Fleet, path: str, headers: dict[str, str]) -> None:
    """A browser on this machine sends what a page of the web tells it to."""
    answer = fleet.admin.post(path, content="{}", headers=headers)
    assert (answer.status_code, answer.text.strip()) == (403, "error: changes are for programs on this machine")
