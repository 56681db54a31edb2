"""The README lists every setting there is, with the default the code has."""

import re
from pathlib import Path

from customerlabs.serving.places import Places
from privacy.periods import Period

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "customerlabs" / "settings.py").read_text(encoding="utf-8")
STARTING = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "customerlabs" / "management").rglob("*.py"))

READ = re.compile(r'(?:env\.\w+|ring|period|processors|two_numbers|environ\.get)\(\s*"([A-Z_]+)"')
LISTED = re.compile(r"^\| (`[A-Z_`, ]+`) \| ([^|]+) \|", re.MULTILINE)
DEFAULT = re.compile(r'"([A-Z_]+)", (?:default=)?"?(\[[^]]+|[^"{()\[]+)"?')


def listed() -> dict[str, str]:
    """Each setting of the README's table, with what stands in its column of defaults."""
    return {name: default for names, default in LISTED.findall(README) for name in re.findall(r"\w+", names)}


def test_each_setting_of_the_code_is_listed_and_no_other() -> None:
    assert set(READ.findall(SETTINGS)) | set(READ.findall(STARTING)) == set(listed())


def test_each_default_given_as_code_is_the_one_of_the_code() -> None:
    plain = {name: cell.strip("`") for name, cell in listed().items() if re.fullmatch("`[^`]+`", cell)}
    coded = {name: value.strip("[").replace(", ", ",").removesuffix(".0") for name, value in DEFAULT.findall(SETTINGS)}
    computed = {"SITE_URL", "VAR_DIR"}
    found = {name: coded[name].lower() for name in plain if name in coded and name not in computed}

    assert len(found) > 20
    assert found == {name: plain[name].lower() for name in found}


def test_each_document_that_the_readme_names_is_there() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).is_file(), path


def test_periods_read_back_as_they_are_written() -> None:
    for text in ("30 days", "12 months", "3 years"):
        assert str(Period.parse(text)) == text


def test_the_folders_named_in_the_readme_are_the_supervisor_s() -> None:
    assert Places(Path("var")).mail == Path("var/mail")
