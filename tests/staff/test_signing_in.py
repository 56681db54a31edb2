"""Getting in: by e-mail and password, then by a factor. Nobody makes an account for themselves."""

from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from customerlabs.models import SignIn, StaffMember
from customerlabs.staff.opening import open_account
from privacy.audit.models import AuditEntry
from tests.signing_in import code_of, sign_in
from tests.staff.accounts import DESK, PASSWORD, colleague, english, give_code, give_password, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]


def is_in(client: Client) -> bool:
    return client.get(DESK).status_code == 200


def test_the_admin_s_own_form_is_not_there(client: Client) -> None:
    colleague()

    led = client.get("/admin/", follow=True)
    posted = client.post("/admin/login/", {"username": "ana@example.com", "password": PASSWORD})

    assert led.redirect_chain[-1][0] == "/account/sign-in/?next=%2Fadmin%2F"
    assert posted.status_code == 302
    assert not is_in(client)


def test_an_address_and_a_password_open_the_desk_to_those_who_need_no_more(client: Client) -> None:
    ana = colleague()

    answer = give_password(client)

    assert answer["Location"] == DESK
    assert is_in(client)
    entry = AuditEntry.objects.get(action="signed-in")
    assert (entry.by, entry.record_id) == (ana.pk, str(SignIn.objects.get().pk))


def test_whoever_has_a_factor_must_show_it(client: Client) -> None:
    secret = with_app(colleague())

    answer = give_password(client)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert give_code(client, "000000").status_code == 200
    assert not is_in(client)

    assert give_code(client, code_of(secret))["Location"] == DESK
    assert is_in(client)
    assert SignIn.objects.get().with_factor


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_request_login_code"])
def test_nobody_signs_up_or_changes_their_address_or_gets_a_code_by_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: Client) -> None:
    colleague()

    known = give_password(client, password="not the password at all").content.decode()
    unknown = give_password(client, email="nobody@example.com", password="not the password at all").content.decode()

    assert "The address or the password is not right." in known
    assert unscrambled(known).replace("ana@example.com", "X") == unscrambled(unknown).replace("nobody@example.com", "X")
    assert "not the password" not in known


def unscrambled(page: str) -> str:
    """Without the token that is another on each page."""
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_a_closed_account_stays_closed(client: Client) -> None:
    colleague(is_active=False)

    answer = give_password(client)

    assert answer["Location"] == reverse("account_inactive")
    assert client.get(answer["Location"]).status_code == 200
    assert not is_in(client)


def test_somebody_who_is_no_staff_gets_nowhere(client: Client) -> None:
    who = colleague("")
    StaffMember.objects.filter(pk=who.pk).update(is_staff=False)

    give_password(client)

    assert client.get(DESK, follow=True).status_code == 403


@pytest.mark.parametrize(
    "there",
    [
        *("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"),
        *("http://localhost/elsewhere", "http://testserver/elsewhere"),
    ],
)
def test_signing_in_leads_to_no_other_site(client: Client, there: str) -> None:
    colleague()

    led = client.get("/admin/login/", {"next": there})
    answer = client.post(reverse("account_login"), {"login": "ana@example.com", "password": PASSWORD, "next": there})

    assert "elsewhere" not in led["Location"]
    assert answer["Location"] == DESK


def test_passwords_are_kept_by_argon2(settings: Any) -> None:
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]

    assert identify_hasher(colleague().password).algorithm == "argon2"


def test_passwords_need_fifteen_characters_that_nobody_guesses(client: Client) -> None:
    ana = colleague()
    give_password(client)

    for new in ("only 14 chars.", "passwordpassword", "123456789987654321", "iloveyou-1234567"):
        answer = client.post(
            reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
        )
        assert answer.status_code == 200, new
    ana.refresh_from_db()

    assert ana.check_password(PASSWORD)


@pytest.mark.parametrize(
    "typed",
    [
        *("CustomerLabs-2026!!", "privacy.customer-labs.privacy"),
        *("my-site.example-99999", "zoe.marchand+elsewhere-1"),
    ],
)
def test_no_password_is_made_of_our_name_or_of_one_s_own_address(settings: Any, typed: str) -> None:
    settings.SITE_URL = "https://www.my-site.example"
    zoe = StaffMember(email="zoe.marchand@elsewhere.example")

    with pytest.raises(ValidationError, match="hardly more than our name"), translation.override("en"):
        validate_password(typed, zoe)


@pytest.mark.parametrize("typed", ["privacy agrafe cheval", "73920-58127-40911-2"])
def test_a_password_may_hold_one_of_our_words_among_others(typed: str) -> None:
    validate_password(typed, StaffMember(email="zoe.marchand@elsewhere.example"))


def test_a_new_password_ends_every_other_sign_in(client: Client) -> None:
    ana = colleague()
    elsewhere = english()
    give_password(elsewhere)
    give_password(client)
    new = {"oldpassword": PASSWORD, "password1": "une autre suite de mots", "password2": "une autre suite de mots"}

    answer = client.post(reverse("account_change_password"), new)

    assert answer["Location"] == reverse("mfa_index")
    assert is_in(client)
    assert not is_in(elsewhere)
    assert SignIn.objects.filter(user=ana, ended_at=None).count() == 1
    assert AuditEntry.objects.filter(by=ana.pk, details="password").exists()


def test_signing_out_ends_the_row_too(client: Client) -> None:
    colleague()
    give_password(client)

    client.post("/admin/logout/")

    assert not is_in(client)
    assert SignIn.objects.get().ended_at is not None


def test_no_page_of_an_account_is_kept_by_a_browser_and_its_cookie_goes_with_it(client: Client) -> None:
    colleague()
    before = client.get(reverse("account_login"))
    give_password(client)
    pages = [before, client.get(reverse("mfa_index")), client.get(reverse("account_change_password"))]

    assert all("no-store" in page["Cache-Control"] for page in pages)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]


def test_nothing_is_said_by_a_header_a_client_can_write(client: Client, settings: Any) -> None:
    """Without a proxy of ours in front, an X-Forwarded-For counts for nothing."""
    colleague()

    give_password(client, headers={"x-forwarded-for": "203.0.113.77"})

    assert SignIn.objects.get().network == "127.0.0.0/24"


@pytest.mark.parametrize("typed", ["Ana.Martin@Example.com", "ana.martin@example.com"])
def test_an_address_opens_however_it_was_written(client: Client, typed: str) -> None:
    password = open_account("Ana.Martin@example.com")

    give_password(client, typed, password)

    assert SignIn.objects.count() == 1


def test_accounts_made_with_capitals_get_small_ones_where_nobody_has_them() -> None:
    for email in ("ana@example.com", "leo@example.com", "zoe@example.com"):
        colleague(email=email)
    StaffMember.objects.filter(email="ana@example.com").update(email="ZOE@example.com")
    StaffMember.objects.filter(email="leo@example.com").update(email="Leo@example.com")

    for _ in range(2):
        import_module("customerlabs.migrations.0007_addresses_in_small_letters").in_small_letters(apps, None)

    emails = StaffMember.objects.order_by("email").values_list("email", flat=True)
    assert sorted(emails) == ["ZOE@example.com", "leo@example.com", "zoe@example.com"]


def test_an_account_is_not_made_twice_in_other_letters(client: Client) -> None:
    root = sign_in(client, colleague("", "root@example.com", is_superuser=True))
    colleague()
    new = {"email": "Ana@Example.com", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}

    answer = root.post(reverse("admin:customerlabs_staffmember_add"), new)

    assert answer.status_code == 200
    assert StaffMember.objects.filter(email__iexact="ana@example.com").count() == 1


MADE_BY_NO_BROWSER = ["[]", "null", "{}", '{"id": 1}', '{"rawId": "x"}', '{"rawId": "eA", "id": "x", "response": 1}']


@pytest.mark.parametrize("sent", MADE_BY_NO_BROWSER)
def test_what_was_made_by_no_passkey_is_refused_and_no_error(client: Client, sent: str) -> None:
    client.get(reverse("mfa_login_webauthn"), headers={"x-requested-with": "XMLHttpRequest"})
    answers = [client.post(reverse("mfa_login_webauthn"), {"credential": sent})]
    with_app(colleague())
    give_password(client)
    answers.append(client.post(reverse("mfa_authenticate"), {"credential": sent}))
    opened = SignIn.objects.exists()
    sign_in(client, StaffMember.objects.get())
    answers.append(client.post(reverse("mfa_add_webauthn"), {"credential": sent, "name": "A key"}))

    assert [answer.status_code for answer in answers] == [302, 200, 200]
    assert not opened
    assert not Authenticator.objects.filter(type="webauthn").exists()
