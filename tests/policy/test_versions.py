"""Every version is kept, dated, readable and comparable, with what changed (P12.1)."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from privacy.models import PolicyVersion
from privacy.periods import Period
from privacy.policy import rendering
from privacy.policy.models import digest_of, today
from privacy.policy.publishing import PublishingRefused, has_drifted, publish_first
from tests.policy.versions import imported, published

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P12.1")]


def test_a_version_keeps_the_text_in_both_languages_under_its_hash(settings: Any) -> None:
    before = rendering.current()

    version = published()
    settings.CONTACT_RETENTION = Period(days=77)

    version = PolicyVersion.objects.get(pk=version.pk)
    assert (version.text_fr, version.text_en) == (before.fr, before.en)
    assert version.digest == digest_of(version.text_fr, version.text_en)


def test_a_changed_setting_drifts_from_what_was_published_until_it_is_published(settings: Any) -> None:
    assert has_drifted()
    published()
    assert not has_drifted()

    settings.CONTACT_RETENTION = Period(days=77)
    assert has_drifted()

    published()
    assert not has_drifted()


def test_the_same_text_is_not_published_twice() -> None:
    published()

    with pytest.raises(PublishingRefused):
        published()

    assert PolicyVersion.objects.count() == 1


def test_a_text_that_changed_since_the_officer_read_it_is_not_published(settings: Any) -> None:
    read = rendering.current().digest
    settings.CONTACT_RETENTION = Period(days=77)

    with pytest.raises(PublishingRefused):
        published(edition=read)

    assert not PolicyVersion.objects.exists()


def test_a_version_takes_effect_today_or_later_and_never_before_another(settings: Any) -> None:
    with pytest.raises(PublishingRefused):
        published(effective_from=today() - timedelta(days=1))

    published(effective_from=today() + timedelta(days=10))
    settings.CONTACT_RETENTION = Period(days=77)
    with pytest.raises(PublishingRefused):
        published(effective_from=today() + timedelta(days=9))


def test_a_version_comes_into_force_on_its_day_in_paris(settings: Any) -> None:
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        first = published()
        settings.CONTACT_RETENTION = Period(days=77)
        second = published(effective_from=date(2026, 6, 1))

    with time_machine.travel("2026-05-31T21:59:59Z", tick=False):
        assert PolicyVersion.objects.in_force() == first
    with time_machine.travel("2026-05-31T22:00:00Z", tick=False):  # Midnight in Paris.
        assert PolicyVersion.objects.in_force() == second


def test_a_new_site_publishes_its_first_version_once() -> None:
    assert publish_first() is not None
    assert publish_first() is None

    assert PolicyVersion.objects.count() == 1


@pytest.mark.parametrize(("language", "home"), [("fr", "/fr/confidentialite/"), ("en", "/en/privacy/")])
def test_each_version_has_an_address_of_its_own_where_it_reads_as_it_was(
    client: Client, settings: Any, language: str, home: str
) -> None:
    old = published(changes_fr="Au début.", changes_en="In the beginning.")
    settings.CONTACT_RETENTION = Period(days=77)
    new = published(is_important=True, changes_fr="Soixante-dix-sept.", changes_en="Seventy-seven.")

    listed = client.get(f"{home}versions/").content.decode()
    page = client.get(f"{home}versions/{old.pk}/").content.decode()

    assert f'href="{home}versions/{old.pk}/"' in listed
    assert f'href="{home}versions/{new.pk}/"' in listed
    assert new.changes_in(language) in listed
    assert old.text_in(language) in page
    assert old.digest in page
    assert "77 jours" not in page
    assert "77 days" not in page
    assert "noindex" in page
    assert client.get(f"{home}versions/{new.pk + 1}/").status_code == 404


def test_two_versions_are_compared_word_by_word(client: Client, settings: Any) -> None:
    old = published()
    settings.CONTACT_RETENTION = Period(days=77)
    new = published()

    page = client.get(f"/en/privacy/versions/compare/?old={old.pk}&new={new.pk}").content.decode()

    assert "Removed: </span>30</del>" in page.replace(">30 days,<", ">30<")
    assert "Added: </span>77</ins>" in page
    assert "paragraphs unchanged" in page
    assert "1. Who answers for your data" not in page  # Unchanged, so it is only counted.


@pytest.mark.parametrize("query", ["", "?old=1", "?old=x&new=y", "?old=999999&new=999999", "?old=&new="])
def test_a_comparison_of_what_is_not_there_asks_again(client: Client, query: str) -> None:
    published()

    answer = client.get(f"/fr/confidentialite/versions/comparer/{query}")

    assert answer.status_code == 200
    assert "<ins>" not in answer.content.decode()


def test_the_text_of_2020_can_stand_first(client: Client, tmp_path: Path) -> None:
    current = published()
    text = tmp_path / "2020.txt"
    text.write_text("1. Introduction\n<script>alert(1)</script> & le texte de 2020\n", encoding="utf-8")

    call_command("import_policy", "--date", "2020-04-01", "--fr", str(text))

    old = PolicyVersion.objects.get(effective_from=date(2020, 4, 1))
    assert list(PolicyVersion.objects.all()) == [current, old]
    assert PolicyVersion.objects.in_force() == current
    assert not has_drifted()
    page = client.get(f"/fr/confidentialite/versions/{old.pk}/").content.decode()
    assert "<h2>1. Introduction</h2>" in page
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; le texte de 2020</p>" in page
    assert "1er avril 2020" in page


def test_a_text_in_one_language_is_shown_in_the_other_one_s_pages_and_said_to_be(client: Client) -> None:
    old = imported()

    page = client.get(f"/en/privacy/versions/{old.pk}/").content.decode()

    assert '<div lang="fr">' in page
    assert "published in another language only" in page


def test_an_import_done_twice_keeps_one_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "2020.txt"
    text.write_text("1. Introduction", encoding="utf-8")

    for _ in range(2):
        call_command("import_policy", "--date", "2020-04-01", "--fr", str(text))

    assert PolicyVersion.objects.count() == 1
    assert "already" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"x" * 500_001, "larger"),
        (None, "can’t be read"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_clearly(tmp_path: Path, content: bytes | None, said: str) -> None:
    text = tmp_path / "text.txt"
    if content is not None:
        text.write_bytes(content)

    with pytest.raises(CommandError, match=said):
        call_command("import_policy", "--date", "2020-04-01", "--fr", str(text))

    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("at", ["2999-01-01", "1er avril", "2020-02-30"])
def test_a_date_to_come_or_no_date_at_all_is_refused(tmp_path: Path, at: str) -> None:
    text = tmp_path / "text.txt"
    text.write_text("1. Introduction", encoding="utf-8")

    with pytest.raises(CommandError):
        call_command("import_policy", "--date", at, "--fr", str(text))

    assert not PolicyVersion.objects.exists()
