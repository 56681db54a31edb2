"""Every command of the documents is run by a test: here, or by one that the table below names."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command

from privacy.models import ErasureReceipt
from privacy.policy.publishing import publish_first
from privacy.rights.kinds import Right
from tests.fulfilment.granting import carry_out, granted
from tests.serving.running import free_port, surroundings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
OURS = re.compile(r"^(?:\.venv/bin/python manage\.py|make) ")

HERE = {
    "manage.py enforce_retention --dry-run",
    "manage.py enforce_retention",
    "manage.py check_commitments",
    "manage.py import_policy --date 2020-04-01 --fr policy-2020.txt",
    "manage.py verify_receipt erasure-receipt-XXXX-XXXX.json",
}
ELSEWHERE = {
    "make run": ("tests/serving/running.py", '"serve"'),
    "make demo": ("tests/demo/test_loading.py", '"load_demo"'),
    "make test": (".ci/run", "make test"),
    "make promises": ("tests/commitments/test_promises.py", '"promises"'),
    "manage.py doctor": ("tests/doctor/test_doctor.py", '"doctor"'),
    "make backup": ("tests/faults/test_a_server_of_ones_own.py", '"backup"'),
    "manage.py keys": ("tests/keys/test_rotation.py", '"keys"'),
    "manage.py export_keys": ("tests/docs/test_commands.py", '"export_keys"'),
    "manage.py import_keys": ("tests/docs/test_commands.py", '"import_keys"'),
    "manage.py replay_ledger": ("tests/continuity/test_replay_command.py", '"replay_ledger"'),
    "manage.py restore": ("tests/faults/test_a_server_of_ones_own.py", '"restore"'),
}
"""What the name of a command is run by, and the words there that run it."""
IN_SENTENCES = {
    "make audit": ("tests/inspections/test_requirements.py", '"audit"'),
    "make licences": ("tests/inspections/test_requirements.py", '"licences"'),
    "make lint": ("Makefile", "@$(MAKE) lint"),
    "manage.py backup": ELSEWHERE["make backup"],
    "manage.py check": ("tests/keys/test_strength.py", '"check"'),
    "manage.py close_inactive_requests": ("tests/desk/test_upkeep.py", '"close_inactive_requests"'),
    "manage.py create_dpo": ("tests/staff/test_factors.py", '"create_dpo"'),
    "manage.py drop_former": ("tests/continuity/test_left_aside.py", '"drop_former"'),
    "manage.py makemigrations": ("tests/docs/test_reuse.py", '"makemigrations"'),
    "manage.py migrate": ("tests/faults/test_a_server_of_ones_own.py", '"migrate"'),
    "manage.py remind_desk": ("tests/desk/test_upkeep.py", '"remind_desk"'),
    "manage.py restore_drill": ("tests/faults/test_a_server_of_ones_own.py", '"restore_drill"'),
    "manage.py roles": ("tests/security/test_roles.py", '"roles"'),
    "manage.py serve": ELSEWHERE["make run"],
}
"""The same, of those that no block shows."""
BY_HAND = {
    "make bench": "measures for ten minutes and more",
    "make faults": "is tests itself, for some twenty minutes",
    "make format": "changes the files",
    "make lock": "asks a package index",
}
"""What no test runs, and why."""
SERVER = {"age", "pg_basebackup", "pg_ctl", "pg_dump", "pg_restore", "psql", "tar", "vacuumdb"}
MACHINE = {
    *("apt", "cd", "chgrp", "chmod", "cp", "customerlabs", "install", "nginx", "openssl", "rm", "runuser", "sed"),
    *("systemctl", "useradd"),
}
"""Of a machine with systemd and nginx: tests/deploy tries the files they put in place, and `customerlabs` itself."""
OF_OTHERS = {*SERVER, *MACHINE, "cat", "git", "mkdir", "mv", "touch"}
"""Programs that are not ours, in docs/operating.md alone: on a server of one's own, which no test has."""


class Command(NamedTuple):
    document: str
    line: str

    @property
    def is_ours(self) -> bool:
        return OURS.match(self.line) is not None

    @property
    def name(self) -> str:
        """The first two words: `make run`, `manage.py keys`."""
        return " ".join(self.words.split()[:2])

    @property
    def words(self) -> str:
        return self.line.removeprefix(".venv/bin/python ")


def commands() -> Iterator[Command]:
    """Each line of each block, without its comment; what a line writes into a file is no command."""
    for document in DOCUMENTS:
        for block in BLOCK.findall(document.read_text(encoding="utf-8")):
            lines = re.sub(r"<<(\w+)\n.*?^\1\n", "\n", block, flags=re.MULTILINE | re.DOTALL).splitlines()
            for line in lines:
                if command := re.sub(r"(^|\s+)#.*", "", line).strip():
                    yield Command(document.relative_to(ROOT).as_posix(), command)


def test_each_command_of_the_documents_is_run_by_a_test() -> None:
    found = list(commands())
    ours = [one for one in found if one.is_ours]
    others = [one for one in found if not one.is_ours]

    unknown = [one for one in ours if one.words not in HERE and one.name not in ELSEWHERE]
    assert unknown == []
    assert {Path(one.line.split()[0]).name for one in others} <= OF_OTHERS
    assert {one.document for one in others} <= {"docs/operating.md"}


def test_each_command_in_a_sentence_is_run_by_a_test_or_says_why_it_is_not() -> None:
    sentences = [re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in DOCUMENTS]
    named = {
        name
        for text in sentences
        for name in re.findall(r"`(?:\.venv/bin/python )?((?:manage\.py|make) [a-z_]+)", text)
    }

    assert (
        named - {" ".join(one.split()[:2]) for one in HERE} - ELSEWHERE.keys() == IN_SENTENCES.keys() | BY_HAND.keys()
    )


def test_the_tables_name_what_the_documents_say_and_tests_that_are_there() -> None:
    said = {one.words for one in commands()}
    names = {one.name for one in commands()}

    assert said >= HERE
    assert names >= set(ELSEWHERE)
    for file, words in (*ELSEWHERE.values(), *IN_SENTENCES.values()):
        assert words in (ROOT / file).read_text(encoding="utf-8"), file


@pytest.fixture
def _a_place_to_work_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """With the files that the documents name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)
    (tmp_path / "policy-2020.txt").write_text("1. Qui nous sommes\nCUSTOMER LABS.\n", encoding="utf-8")
    publish_first()
    carry_out(granted(Right.ERASURE, "ada@example.com"))
    receipt = json.dumps(ErasureReceipt.objects.get().document)
    (tmp_path / "erasure-receipt-XXXX-XXXX.json").write_text(receipt, encoding="utf-8")


@pytest.mark.django_db
@pytest.mark.usefixtures("_a_place_to_work_in")
@pytest.mark.parametrize("command", sorted(HERE))
def test_a_command_of_the_documents_does_what_it_says(command: str) -> None:
    _manage, name, *arguments = shlex.split(command)

    call_command(name, *arguments, verbosity=0)


@pytest.mark.promise("P7.4")
def test_keys_leave_one_machine_and_arrive_on_another(tmp_path: Path) -> None:
    old, new, sealed = tmp_path / "old", tmp_path / "new", tmp_path / "keys.age"
    made = "import django; django.setup(); from privacy.continuity.age import make_recovery_key; make_recovery_key()"
    settings_module = {"DJANGO_SETTINGS_MODULE": "customerlabs.settings"}

    def run(var: Path, *words: str) -> str:
        environment = surroundings(var, free_port(), **settings_module)
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *words], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(old, "-c", made)
    run(old, "manage.py", "export_keys", str(sealed))
    run(new, "manage.py", "import_keys", str(sealed), "--identity", str(old / "recovery-key.txt"))

    for name in ("subject_keys", "file_keys", "receipt_keys"):
        assert (new / "secrets" / name).read_bytes() == (old / "secrets" / name).read_bytes()
