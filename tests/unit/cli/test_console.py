"""``framewall console``, and the console beside a node."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import httpx
import pytest

from support.certificates import Certificate, certificate
from support.command import framewall
from support.framewall import Framewall
from support.running import REPOSITORY, Running


def started(folder: Path, *arguments: str, **env: str) -> Running:
    events = f"sqlite:{folder / 'events.db'}"
    command = [sys.executable, "-m", "framewall", "console", "--events", events, "--listen", "127.0.0.1:0"]
    return Running([*command, *arguments], env=env)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_listens_and_tells_its_first_password_once(tmp_path: Path) -> None:
    with started(tmp_path) as console:
        url = console.wait_for(r"console at (http://127\.0\.0\.1:\d+/)").group(1)
        console.wait_for(r"user admin, password [\w-]{16} \(shown only this once\)")
        assert status(f"{url}sign-in") == 200
        assert status(f"{url}api/events") == 401
        assert console.stop() == 0
    with started(tmp_path) as console:
        assert status(console.wait_for(r"console at (\S+)").group(1)) == 200
        assert "password" not in console.output


def test_the_first_password_can_be_ones_own(tmp_path: Path) -> None:
    with started(tmp_path, FRAMEWALL_CONSOLE_PASSWORD="my own password") as console:
        status(console.wait_for(r"console at (\S+)").group(1))
        assert "my own password" not in console.output
        assert "password" not in console.output


def test_a_password_is_set_from_standard_input(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "framewall",
        "console",
        "--events",
        f"sqlite:{tmp_path}/e.db",
        "--set-password",
    ]

    def said(name: str, password: str) -> str:
        done = subprocess.run(
            [*command, name],
            input=f"{password}\n",
            text=True,
            capture_output=True,
            check=False,
            cwd=REPOSITORY,
        )
        return done.stderr

    assert "carol signs in with the new password" in said("carol", "long enough to keep")
    assert "a password has 10 to 1,000 characters" in said("carol", "short")
    assert "there is no user 'dave'" in said("dave", "long enough to keep")


def test_it_does_not_listen_to_the_world_in_the_clear(tmp_path: Path) -> None:
    said = framewall("console", "--listen", "0.0.0.0:0", cwd=tmp_path, status=1)
    assert "passwords would travel in the clear: add --tls-cert and --tls-key" in said.stderr


def test_beside_a_node_it_is_started_anew_and_ends_with_the_node(tmp_path: Path) -> None:
    with Framewall("http://127.0.0.1:9", tmp_path, "--console", "127.0.0.1:0") as node:
        first = node.wait_for(r"console at (\S+)").group(1)
        assert status(f"{first}sign-in") == 200
        (console,) = children(node.pid)
        assert os.getpriority(os.PRIO_PROCESS, console) == os.getpriority(os.PRIO_PROCESS, node.pid) + 5
        os.kill(console, signal.SIGKILL)
        again = node.wait_for(r"framewall\.console: framewall: console at (\S+)").group(1)
        assert status(f"{again}sign-in") == 200
        assert "is started again" in node.output
        (console,) = children(node.pid)
        os.kill(node.pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while alive(console) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not alive(console)


def test_a_console_that_cannot_start_ends_the_node_and_says_why(tmp_path: Path) -> None:
    said = framewall(
        "run",
        "--upstream",
        "http://127.0.0.1:9",
        "--listen",
        "127.0.0.1:0",
        "--console",
        "0.0.0.0:1",
        cwd=tmp_path,
        status=1,
    )
    assert "The console did not start" in said.stderr
    assert "passwords would travel in the clear" in said.stderr


def browser(ca: Path) -> ssl.SSLContext:
    """Trusts this one certificate, and checks names."""
    return ssl.create_default_context(cafile=str(ca))


def test_over_tls_people_sign_in_and_a_renewed_certificate_is_taken(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    tls = ("--tls-cert", str(made.certificate), "--tls-key", str(made.key))
    with started(tmp_path, *tls, FRAMEWALL_CONSOLE_PASSWORD="my own password") as console:
        url = console.wait_for(r"console at (https://127\.0\.0\.1:\d+/)").group(1)
        with httpx.Client(verify=browser(made.certificate), base_url=url) as client:
            form = client.get("/sign-in")
            assert form.headers["strict-transport-security"] == "max-age=31536000"
            (token,) = re.findall(r'name="token" value="([^"]+)"', form.text)
            answer = client.post(
                "/sign-in", data={"user": "admin", "password": "my own password", "token": token}
            )
            assert answer.status_code == 303
            (cookie,) = [
                each for each in answer.headers.get_list("set-cookie") if "framewall_session" in each
            ]
            assert "; secure" in cookie.lower()
            assert client.get("/").status_code == 200
        with pytest.raises(httpx.HTTPError):
            httpx.get(url.replace("https:", "http:"))
        with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
            httpx.get(url)
        renewed = certificate(tmp_path)
        deadline = time.monotonic() + 20
        while not trusted(url, renewed):
            assert time.monotonic() < deadline
            time.sleep(0.2)


def trusted(url: str, made: Certificate) -> bool:
    try:
        return httpx.get(f"{url}sign-in", verify=browser(made.certificate)).status_code == 200
    except httpx.ConnectError:
        return False


def test_beside_a_node_it_speaks_tls_as_the_configuration_says(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    (tmp_path / "framewall.toml").write_text(
        'upstream = "http://127.0.0.1:9"\nconsole = "127.0.0.1:0"\nconsole_tls_cert = "cert.pem"\n'
        'console_tls_key = "key.pem"\nconsole_hosts = ["wall.example"]\n'
    )
    with Framewall("http://127.0.0.1:9", tmp_path, "--config", str(tmp_path / "framewall.toml")) as node:
        url = node.wait_for(r"console at (https://\S+)").group(1)
        with httpx.Client(verify=browser(made.certificate)) as client:
            assert client.get(f"{url}sign-in").status_code == 200
            assert client.get(f"{url}sign-in", headers={"host": "wall.example"}).status_code == 200
            assert client.get(f"{url}sign-in", headers={"host": "evil.example"}).status_code == 421


def test_options_of_run_say_the_same(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    options = ("--console-tls-cert", str(made.certificate), "--console-tls-key", str(made.key))
    with Framewall("http://127.0.0.1:9", tmp_path, "--console", "0.0.0.0:0", *options) as node:
        port = node.wait_for(r"console at https://0\.0\.0\.0:(\d+)").group(1)
        assert (
            httpx.get(f"https://127.0.0.1:{port}/sign-in", verify=browser(made.certificate)).status_code
            == 200
        )
    with Framewall("http://127.0.0.1:9", tmp_path, "--console", "0.0.0.0:0", "--console-without-tls") as node:
        port = node.wait_for(r"console at http://0\.0\.0\.0:(\d+)").group(1)
        assert status(f"http://127.0.0.1:{port}/sign-in") == 200


def test_half_of_tls_ends_the_node_and_names_the_other_half(tmp_path: Path) -> None:
    run = ("run", "--upstream", "http://127.0.0.1:9", "--console", "127.0.0.1:0")
    said = framewall(*run, "--console-tls-key", "key.pem", cwd=tmp_path, status=1)
    assert "--console-tls-key: it is of no use without console_tls_cert" in said.stderr


def children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    found = [int(word) for word in listed.read_text().split()]
    for thread in Path(f"/proc/{parent}/task").iterdir():
        found += [int(word) for word in (thread / "children").read_text().split()]
    return sorted(set(found))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False
