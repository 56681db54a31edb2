"""Guessing passwords and codes: limited by account and by address, and nobody locks anybody else out."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from customerlabs.models import SignIn, StaffMember
from customerlabs.staff import attempts
from privacy.audit.models import AuditEntry
from privacy.limits.counting import Limit
from privacy.limits.models import LimitCount
from tests.signing_in import code_of, five_minutes_later, sign_in
from tests.staff.accounts import DESK, PASSWORD, colleague, english, give_code, give_password, with_app, with_passkey

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]
TOO_MANY = "Too many attempts"


def guess(times: int, *, address: str, email: str = "dpo@example.com") -> Client:
    client = english(address)
    for number in range(times):
        give_password(client, email=email, password=f"a guess, the {number}th")
    return client


def test_ten_wrong_passwords_close_the_account_to_that_address_and_to_no_other() -> None:
    secret = with_app(colleague("DPO", "dpo@example.com"))

    there = guess(attempts.HERE.most, address="203.0.113.5")
    refused = give_password(there, email="dpo@example.com")
    elsewhere = english("198.51.100.9")
    give_password(elsewhere, email="dpo@example.com")
    give_code(elsewhere, code_of(secret))

    assert TOO_MANY in refused.content.decode()
    assert elsewhere.get(DESK).status_code == 200


def test_an_address_that_has_no_account_is_counted_alike() -> None:
    client = guess(attempts.HERE.most, address="203.0.113.5", email="nobody@example.com")

    answer = give_password(client, email="nobody@example.com")

    assert TOO_MANY in answer.content.decode()


def test_one_address_tries_no_endless_list_of_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "FROM_HERE", Limit(name="x", most=3, window=attempts.FROM_HERE.window))
    colleague()
    for name in ("a", "b", "c"):
        guess(1, address="203.0.113.5", email=f"{name}@example.com")

    assert f"{TOO_MANY}: try again in an hour." in give_password(english("203.0.113.5")).content.decode()
    assert give_password(english("198.51.100.9"))["Location"] == DESK


def test_many_strangers_together_are_held_off_and_the_owner_s_own_network_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit = Limit(name="x", most=4, window=attempts.FROM_STRANGERS.window)
    monkeypatch.setattr(attempts, "FROM_STRANGERS", limit)
    home = english("198.51.100.9")
    colleague()
    give_password(home)
    home.post(reverse("account_logout"))
    for number in range(4):
        guess(1, address=f"203.0.{number}.5", email="ana@example.com")

    assert TOO_MANY in give_password(english("192.0.2.1")).content.decode()
    assert give_password(home)["Location"] == DESK


def test_codes_are_guessed_no_more_often_than_passwords(client: Client) -> None:
    secret = with_app(colleague())
    give_password(client)

    for _ in range(attempts.HERE.most):
        give_code(client, "123456")
    answer = give_code(client, code_of(secret))

    assert TOO_MANY in answer.content.decode()
    assert client.get(DESK).status_code == 302


def test_many_machines_that_know_the_password_guess_few_codes_a_day_and_the_owner_gets_in_at_home(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attempts, "CODES", Limit(name="x", most=3, window=attempts.CODES.window))
    secret = with_app(colleague())
    home = english("198.51.100.9")
    give_password(home)
    give_code(home, code_of(secret))
    home.post(reverse("account_logout"))
    for number in range(3):
        thief = english(f"203.0.{number}.5")
        give_password(thief)
        give_code(thief, "123456")

    abroad = english("192.0.2.1")
    give_password(abroad)
    refused = give_code(abroad, code_of(secret, ahead=1))
    give_password(home)

    assert "Too many wrong codes" in refused.content.decode()
    assert give_code(home, code_of(secret, ahead=1))["Location"] == DESK


def test_a_code_opens_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if another process answers, whose cache knows of nothing."""
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.cache.add", lambda *a, **k: True)
    secret = with_app(colleague())
    code = code_of(secret)
    give_password(client)
    give_code(client, code)
    other = english()
    give_password(other)

    again = give_code(other, code)

    assert client.get(DESK).status_code == 200
    assert "was used already" in again.content.decode()
    assert give_code(other, code_of(secret, ahead=1))["Location"] == DESK


def test_strangers_make_no_endless_sessions_by_asking_for_passkeys(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = Limit(name="x", most=2, window=attempts.PASSKEY_HERE.window)
    monkeypatch.setattr("customerlabs.staff.views.PASSKEY_HERE", limit)
    page, by_script = reverse("mfa_login_webauthn"), {"x-requested-with": "XMLHttpRequest"}

    answers = [english("203.0.113.5").get(page, headers=by_script) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert Session.objects.count() == 2
    assert english("198.51.100.9").get(page, headers=by_script).status_code == 200


def test_the_right_client_is_counted_behind_a_proxy_of_ours(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    colleague()
    guesser, owner = ({"x-forwarded-for": f"{number}, 203.0.113.{number}"} for number in (1, 2))
    client = english()
    for _ in range(attempts.HERE.most):
        give_password(client, password="a wrong one entirely", headers=guesser)

    assert TOO_MANY in give_password(client, headers=guesser).content.decode()
    assert give_password(client, headers=owner)["Location"] == DESK
    assert SignIn.objects.get().network == "203.0.113.0/24"


def test_what_is_counted_names_no_account_and_no_address() -> None:
    guess(1, address="203.0.113.5")

    digests = LimitCount.objects.values_list("digest", flat=True)

    assert len(digests) == 3
    assert all(len(digest) == 64 for digest in digests)
    assert not Session.objects.filter(session_data__contains=PASSWORD).exists()


def not_let_in(who: StaffMember) -> list[tuple[str, int | None]]:
    entries = AuditEntry.objects.filter(action="not-let-in", table="customerlabs.staffmember", record_id=str(who.pk))
    return list(entries.order_by("pk").values_list("details", "by"))


def test_a_wrong_factor_after_a_right_password_is_in_the_trail_and_names_nobody(client: Client) -> None:
    ana = colleague()
    secret = with_app(ana)
    with_passkey(ana)
    give_password(client, password="a wrong one")
    give_password(client)

    give_code(client, "123456")
    give_code(client, "not-a-recovery-code")
    client.post(reverse("mfa_authenticate"), {"credential": "[1]"})
    give_code(client, code_of(secret))
    five_minutes_later(client)
    client.post(reverse("mfa_reauthenticate"), {"code": "123456"})
    client.post(reverse("mfa_reauthenticate_webauthn"), {"credential": "[1]"})

    factors = ["code", "code", "passkey", "code", "passkey"]
    assert not_let_in(ana) == [(factor, None) for factor in factors]


def test_an_app_that_is_not_enrolled_yet_lets_nobody_in_and_leaves_no_line(client: Client) -> None:
    ana = colleague()
    sign_in(client, ana)
    client.get(reverse("mfa_activate_totp"))

    client.post(reverse("mfa_activate_totp"), {"code": "123456"})

    assert not_let_in(ana) == []


@pytest.mark.parametrize("wrong", [{"code": "123456"}, {"credential": "[1]"}])
def test_guessing_factors_fills_the_trail_no_further_than_its_limit(client: Client, wrong: dict[str, str]) -> None:
    ana = colleague()
    with_app(ana)
    with_passkey(ana)
    give_password(client)

    for _ in range(attempts.HERE.most + 3):
        client.post(reverse("mfa_authenticate"), wrong)

    assert len(not_let_in(ana)) == attempts.HERE.most
