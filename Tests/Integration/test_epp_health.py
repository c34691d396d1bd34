"""Health checks of gateways and probes, and TLS to the picker."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from support.epp import NOT_SERVING, PICKER_SERVICE, SERVING, Picker, PickerPool, pods
from support.ext_proc import completion
from support.fake_kubernetes import EXPERIMENTAL_RESOURCES, POOL_RESOURCES, FakeKubernetes
from support.fake_metrics import FakeServers
from support.manifests import deployment, pool
from support.process import run_to_exit
from support.waiting import eventually

pytest_plugins = ["support.epps"]

SERVICES = ["", PICKER_SERVICE, "inference-extension"]


def health_stub(channel: grpc.Channel) -> health_pb2_grpc.HealthStub:
    return health_pb2_grpc.HealthStub(channel)


# The pool


def test_serving_with_a_pool(epp: PickerPool, fakes: FakeServers) -> None:
    picker = epp({"objects.yaml": [pool("pool", port=fakes.port), *pods(fakes)]}, "--health-checking")
    for service in [*SERVICES, "anything"]:
        assert picker.health(service) == SERVING, service
    for service in SERVICES:
        assert picker.health(service, main_port=True) == SERVING, service


def test_an_empty_pool_serves(epp: PickerPool) -> None:
    """SERVING does not say that there are endpoints: pools may start empty."""
    assert epp({"objects.yaml": [pool("pool")]}).health() == SERVING


def test_not_serving_until_the_pool_is_known(epp: PickerPool) -> None:
    picker = epp({"other.yaml": [pool("other")]}, "--pool-name", "pool")
    for service in [*SERVICES, "anything"]:
        assert picker.health(service) == NOT_SERVING, service
    picker.write("pool.yaml", [pool("pool")])
    picker.becomes(picker.health, SERVING)
    (picker.folder / "pool.yaml").unlink()
    picker.becomes(picker.health, NOT_SERVING)
    picker.becomes(lambda: picker.health(PICKER_SERVICE), NOT_SERVING)


def test_not_serving_until_the_api_server_has_told(epp: PickerPool, fakes: FakeServers, tmp_path: Path) -> None:
    kubernetes = FakeKubernetes(POOL_RESOURCES | EXPERIMENTAL_RESOURCES)
    try:
        kubernetes.fail(503)
        config = kubernetes.kubeconfig(tmp_path)
        picker = epp(None, "--pool-name", "pool", "--kubeconfig", config)
        assert picker.health() == NOT_SERVING
        kubernetes.fail(None)
        kubernetes.apply(*pods(fakes))
        assert picker.health() == NOT_SERVING
        kubernetes.apply(pool("pool", port=fakes.port))
        picker.becomes(picker.health, SERVING, within=8)
        # Once the pool is known, the server's absence changes nothing.
        kubernetes.fail(503)
        assert picker.health() == SERVING
        kubernetes.fail(None)
    finally:
        kubernetes.close()


def test_a_watcher_is_told(epp: PickerPool) -> None:
    picker = epp({"other.yaml": [pool("other")]}, "--pool-name", "pool")
    with grpc.insecure_channel(f"127.0.0.1:{picker.health_port}", [("grpc.enable_http_proxy", 0)]) as channel:
        answers = health_stub(channel).Watch(health_pb2.HealthCheckRequest(service=PICKER_SERVICE), timeout=10)
        assert next(answers).status == NOT_SERVING
        picker.write("pool.yaml", [pool("pool")])
        assert next(answers).status == SERVING
        answers.cancel()


def test_all_services_are_listed(epp: PickerPool) -> None:
    picker = epp({"pool.yaml": [pool("pool")]})
    with grpc.insecure_channel(f"127.0.0.1:{picker.health_port}", [("grpc.enable_http_proxy", 0)]) as channel:
        listed = health_stub(channel).List(health_pb2.HealthListRequest(), timeout=5)
        assert {name: answer.status for name, answer in listed.statuses.items()} == dict.fromkeys(SERVICES, SERVING)


def test_the_ext_proc_port_of_up(epp: PickerPool) -> None:
    objects = [deployment("sim", "base"), pool("sim")]
    picker = epp({"objects.yaml": objects}, command="up", replica_ports=1)
    for service in SERVICES:
        assert picker.health(service, main_port=True) == SERVING, service


@pytest.mark.parametrize(
    "flags", [(), ("--health-checking",)], ids=["not-on-the-main-port", "on-the-main-port"]
)
def test_health_on_the_main_port_is_a_choice(epp: PickerPool, flags: tuple[str, ...]) -> None:
    picker = epp({"pool.yaml": [pool("pool")]}, *flags)
    expected = SERVING if flags else grpc.StatusCode.UNIMPLEMENTED
    assert picker.health(PICKER_SERVICE, main_port=True) == expected


def test_leader_and_follower(epp: PickerPool, fakes: FakeServers, tmp_path: Path) -> None:
    """Both are alive, one is ready; names that no chart asks for are unknown (epp.md, 7)."""
    kubernetes = FakeKubernetes(POOL_RESOURCES | EXPERIMENTAL_RESOURCES)
    try:
        kubernetes.apply(pool("pool", port=fakes.port), *pods(fakes))
        flags = ("--pool-name", "pool", "--ha-enable-leader-election", "--kubeconfig", kubernetes.kubeconfig(tmp_path))
        leader = epp(None, *flags, env={"POD_NAME": "epp-0"})
        eventually(lambda: leader.health("readiness"), lambda status: status == SERVING)
        follower = epp(None, *flags, env={"POD_NAME": "epp-1"})
        for service in ["readiness", *SERVICES]:
            assert leader.health(service) == SERVING, service
            assert follower.health(service) == NOT_SERVING, service
        for picker in (leader, follower):
            assert picker.health("liveness") == SERVING
            assert picker.health("another") == grpc.StatusCode.NOT_FOUND
    finally:
        kubernetes.close()


# TLS


def certificate(port: int) -> str:
    """The certificate that a port shows, PEM; nothing is verified, as gateways do it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="epp") as secured,
    ):
        assert secured.selected_alpn_protocol() == "h2"
        shown = secured.getpeercert(binary_form=True)
        assert shown is not None
        return ssl.DER_cert_to_PEM_cert(shown)


def trusting(pem: str) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(pem.encode())


def make_certificate(folder: Path, name: str) -> str:
    """Puts tls.crt and tls.key for 127.0.0.1 into a folder; the certificate."""
    folder.mkdir(exist_ok=True)
    openssl = shutil.which("openssl")
    assert openssl is not None, "the tests of TLS need openssl"
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", str(folder / "tls.key"), "-out", str(folder / "new.crt"), "-days", "2", "-subj", f"/CN={name}",
            "-addext", "subjectAltName=IP:127.0.0.1",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "new.crt").rename(folder / "tls.crt")
    return (folder / "tls.crt").read_text()


@pytest.fixture(scope="module")
def files(fakes: FakeServers) -> Iterator[dict[str, list]]:
    yield {"objects.yaml": [pool("pool", port=fakes.port), *pods(fakes)]}


def assert_serves(picker: Picker, pem: str, fakes: FakeServers) -> None:
    """A gateway that trusts just this certificate is served."""
    context = ssl.create_default_context(cadata=pem)
    context.check_hostname = False
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", picker.ports[0]), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="epp"),
    ):
        pass
    routed = picker.connect(credentials=trusting(pem)).route(*completion("base"))
    assert routed.endpoint in fakes.endpoints


def test_a_self_signed_certificate_by_default(epp: PickerPool, fakes: FakeServers, files: dict[str, list]) -> None:
    picker = epp(files, "--health-checking", secure=True)
    shown = certificate(picker.ports[0])
    assert shown == certificate(picker.ports[0])
    # The health port speaks plaintext all the same.
    assert picker.health() == SERVING
    # No plaintext beside TLS.
    with pytest.raises(AssertionError, match="UNAVAILABLE"):
        picker.connect().route(*completion("base"))


def test_each_start_makes_a_new_certificate(epp: PickerPool, files: dict[str, list]) -> None:
    first, second = (certificate(epp(files, secure=True).ports[0]) for _ in range(2))
    assert first != second


def test_plaintext(epp: PickerPool, fakes: FakeServers, files: dict[str, list]) -> None:
    picker = epp(files, secure=False)
    assert picker.gateway.route(*completion("base")).endpoint in fakes.endpoints
    with pytest.raises((ssl.SSLError, ConnectionError, TimeoutError)):
        certificate(picker.ports[0])


def test_a_certificate_from_files(
    epp: PickerPool, fakes: FakeServers, files: dict[str, list], tmp_path: Path
) -> None:
    pem = make_certificate(tmp_path / "certs", "first")
    picker = epp(files, "--cert-path", str(tmp_path / "certs"), "--health-checking", secure=True)
    assert_serves(picker, pem, fakes)
    assert picker.health(PICKER_SERVICE, main_port=True, credentials=trusting(pem)) == SERVING


@pytest.mark.parametrize("reloads", [True, False])
def test_a_certificate_that_changes(
    epp: PickerPool, fakes: FakeServers, files: dict[str, list], tmp_path: Path, reloads: bool
) -> None:
    first = make_certificate(tmp_path / "certs", "first")
    flags = ("--enable-cert-reload",) if reloads else ()
    picker = epp(files, "--cert-path", str(tmp_path / "certs"), *flags, secure=True)
    gateway = picker.connect(credentials=trusting(first))
    gateway.route(*completion("base"))
    second = make_certificate(tmp_path / "certs", "second")
    if reloads:
        eventually(lambda: certificate(picker.ports[0]), lambda shown: shown == second, within=4, every=0.1)
        assert_serves(picker, second, fakes)
    else:
        assert certificate(picker.ports[0]) == first
    # Connections that are there are not disturbed.
    gateway.route(*completion("base"))


def test_a_broken_certificate_leaves_the_old_one(epp: PickerPool, files: dict[str, list], tmp_path: Path) -> None:
    first = make_certificate(tmp_path / "certs", "first")
    picker = epp(files, "--cert-path", str(tmp_path / "certs"), "--enable-cert-reload", secure=True)
    (tmp_path / "certs" / "tls.crt").write_text("nothing\n")
    eventually(lambda: certificate(picker.ports[0]), lambda shown: shown == first, within=3, every=0.1)
    picker.assert_healthy()


@pytest.mark.parametrize("spoiled", ["tls.crt", "tls.key", None])
def test_certificates_that_cannot_be_used(files: dict[str, list], tmp_path: Path, spoiled: str | None) -> None:
    folder = tmp_path / "certs"
    if spoiled is not None:
        make_certificate(folder, "x")
        (folder / spoiled).write_text("nothing\n")
    (tmp_path / "pool.yaml").write_text("")
    result = run_to_exit(
        "epp", "-f", str(tmp_path / "pool.yaml"), "--pool-name", "pool", "--grpc-port", "0", "--grpc-health-port", "0",
        "--metrics-port", "0", "--admin-port", "0", "--cert-path", str(folder),
    )  # fmt: skip
    assert result.returncode == 1, result.stderr
    assert str(folder / (spoiled or "tls.crt")) in result.stderr
