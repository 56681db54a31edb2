"""The site does not start on a key that is missing, weak, known, used twice, or open to others (P7.1)."""

import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from pyrage.x25519 import Identity

from customerlabs.security.key_checks import LEAST_BITS, SHORTEST, bits
from customerlabs.serving.places import Places
from privacy.rings import CONTEXTS, RINGS
from tests.serving.running import KEYS, PROJECT

pytestmark = pytest.mark.promise("P7.1")
each_ring = pytest.mark.parametrize("name", RINGS)


def strong() -> str:
    return secrets.token_urlsafe(48)


def complaints() -> dict[str, str]:
    found = checks.run_checks(tags=[checks.Tags.security])
    return {str(message.id): message.msg for message in found if str(message.id).startswith("customerlabs.E02")}


def put(settings: Any, name: str, *keys: str) -> None:
    if name == "SECRET_KEY":
        settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = keys
    else:
        setattr(settings, name, list(keys))


def test_keys_as_they_are_made_are_strong() -> None:
    assert complaints() == {}


@each_ring
@pytest.mark.parametrize(
    ("weak", "number"),
    [
        pytest.param(secrets.token_urlsafe(48)[: SHORTEST - 1], "customerlabs.E021", id="too short"),
        pytest.param("k" * 64, "customerlabs.E022", id="one character"),
        pytest.param("correct horse " * 3, "customerlabs.E022", id="a few words again and again"),
        pytest.param(f"django-insecure-{secrets.token_urlsafe(48)}", "customerlabs.E023", id="of a template"),
        pytest.param(f"ChangeMe-{secrets.token_urlsafe(48)}", "customerlabs.E023", id="of a manual"),
    ],
)
def test_a_weak_key_is_refused_and_not_quoted(settings: Any, name: str, weak: str, number: str) -> None:
    put(settings, name, weak, strong())

    (found,) = complaints().items()

    assert found[0] == number
    assert name in found[1]
    assert weak not in str(found)


@each_ring
def test_what_is_refused_is_mended_by_a_newer_key(settings: Any, name: str) -> None:
    put(settings, name, strong(), "an old weak one")

    assert complaints() == {}


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex])
def test_random_keys_of_128_bits_are_strong_enough(make: Any) -> None:
    keys = [key for key in (make(24) for _ in range(500)) if len(key) >= SHORTEST]

    assert keys
    assert min(map(bits, keys)) > LEAST_BITS


def test_a_key_has_one_use(settings: Any) -> None:
    key = strong()
    settings.FILE_KEYS, settings.RECEIPT_KEYS = [strong(), key], [key]

    assert complaints() == {"customerlabs.E024": "One key stands 2 times: in FILE_KEYS, RECEIPT_KEYS."}


def test_a_key_stands_once_in_its_ring(settings: Any) -> None:
    key = strong()
    settings.SUBJECT_KEYS = [key, key]

    assert complaints() == {"customerlabs.E024": "One key stands 2 times: in SUBJECT_KEYS."}


@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o640, False), (0o604, True), (0o602, True)])
@pytest.mark.parametrize("how", ["named in the environment", "kept under VAR_DIR", "the recovery key"])
def test_a_file_of_a_secret_is_nobody_elses(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int, refused: bool, how: str
) -> None:
    places = Places(tmp_path)
    places.secrets.mkdir()
    path = tmp_path / "recovery-key.txt" if how == "the recovery key" else places.secrets / "subject_keys"
    path.write_text(strong())
    path.chmod(mode)
    if how == "named in the environment":
        monkeypatch.setenv("DATABASE_URL_FILE", str(path))
    else:
        settings.PLACES = places

    found = complaints()

    assert set(found) == ({"customerlabs.E025"} if refused else set())
    assert str(path) in str(found) or not refused


@pytest.mark.parametrize(
    "recipient",
    [
        pytest.param("", id="missing"),
        pytest.param("age1nonsense", id="no key"),
        pytest.param(str(Identity.generate()), id="the private half"),
    ],
)
def test_a_database_of_ones_own_needs_a_key_for_backups(settings: Any, tmp_path: Path, recipient: str) -> None:
    settings.EMBEDDED_DATABASE, settings.BACKUP_RECIPIENT, settings.PLACES = False, recipient, Places(tmp_path)

    found = complaints()

    assert set(found) == {"customerlabs.E026"}
    assert "AGE-SECRET" not in str(found)


def environment(tmp_path: Path, **keys: str) -> dict[str, str]:
    """Of a site on a database of its own, which nobody asks for here."""
    kept = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in KEYS}
    return {**kept, "VAR_DIR": str(tmp_path), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/site", **keys}


def checked(tmp_path: Path, **keys: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=PROJECT,
        env=environment(tmp_path, **keys),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Each key in a file of its own, which ends with a line break as files do."""
    values = {name: strong() for name in RINGS} | {"BACKUP_RECIPIENT": str(Identity.generate().to_public())}
    named = {}
    for name, value in values.items():
        path = tmp_path / f"{name}.txt"
        path.touch(mode=0o600)
        path.write_text(f"{value}\n")
        named[f"{name}_FILE"] = str(path)
    return named


def test_each_key_is_read_from_a_file_without_its_line_break(tmp_path: Path, files: dict[str, str]) -> None:
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from privacy.rings import RINGS, ring\n"
        "print({**{name: ','.join(ring(name)) for name in RINGS}, 'BACKUP_RECIPIENT': settings.BACKUP_RECIPIENT})\n"
    )

    read = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=environment(tmp_path, DJANGO_SETTINGS_MODULE="customerlabs.settings", **files),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert read.stdout.strip() == str(
        {name: Path(files[f"{name}_FILE"]).read_text().strip() for name in (*RINGS, "BACKUP_RECIPIENT")}
    )


@pytest.mark.parametrize("name", KEYS)
def test_a_site_on_a_database_of_its_own_starts_without_none_of_its_keys(
    tmp_path: Path, files: dict[str, str], name: str
) -> None:
    del files[f"{name}_FILE"]

    ended = checked(tmp_path, **files)

    assert ended.returncode != 0
    assert name in ended.stderr
    assert not any(Path(path).read_text().strip() in ended.stderr for path in files.values())


def test_a_key_put_before_the_one_under_var_dir_is_the_first_of_both_at_the_next_start(tmp_path: Path) -> None:
    kept = {
        name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in (*KEYS, "DATABASE_URL")
    }
    alone = {**kept, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "customerlabs.settings"}
    program = "from django.conf import settings; print(*[settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])"

    def said(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=PROJECT, env=alone, capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout

    (first,) = said("-c", program).split()
    said("manage.py", "keys", "--new", "SECRET_KEY")

    newest, older = said("-c", program).split()
    assert older == first != newest


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path, files: dict[str, str]) -> None:
    files["SECRET_KEY_FILE"] = str(tmp_path / "nowhere")

    ended = checked(tmp_path, **files)

    assert ended.returncode != 0
    assert "SECRET_KEY_FILE names a file that can’t be read" in ended.stderr


def test_what_is_signed_or_sealed_under_the_secret_key_has_a_name_of_its_own() -> None:
    import re

    asked = re.compile(r"""(?:salt=|salted_hmac\()f?"([a-z.]+)""")
    found: list[str] = []
    for app in ("privacy", "contact", "cookies", "customerlabs"):
        for path in (PROJECT / app).rglob("*.py"):
            found += {name.rstrip(".") for name in asked.findall(path.read_text(encoding="utf-8"))}

    assert sorted(found) == sorted(CONTEXTS)
