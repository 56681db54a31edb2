"""No cookie leaves that nobody declared, agreed to, or that lives too long, whatever code set it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import Settings

from cookies.catalogue import AUDIENCE, NECESSARY
from cookies.gate import CookieGate, CookieStoppedError
from cookies.models import StoppedCookie
from customerlabs.urls import handler400, handler403, handler404, handler500
from customerlabs.urls import urlpatterns as addresses
from privacy.registry import Registry
from privacy.trackers import Storage, Tracker, TrackerPurpose
from tests.cookies.visitors import choose, let_go

__all__ = ["handler400", "handler403", "handler404", "handler500"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_audience")]
SECRET = "a-value-that-must-not-be-told"
YEAR = 365 * 24 * 60 * 60


def foreign(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.set_cookie("somebody_elses", SECRET)
    return response


def by_hand(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Set-Cookie": f"by_hand={SECRET}; Path=/"})


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    response = StreamingHttpResponse([b"a", b"b"])
    response.set_cookie("in_a_stream", SECRET)
    return response


def file(request: HttpRequest) -> FileResponse:
    response = FileResponse(b"a")
    response.set_cookie("with_a_file", SECRET)
    return response


def failing(request: HttpRequest) -> HttpResponse:
    response = foreign(request)
    response.status_code = 500
    return response


def without_consent(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.set_cookie("audience", SECRET)
    return response


def too_long(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.set_cookie("django_language", "fr", max_age=YEAR + 1)
    return response


def too_long_by_date(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.set_cookie("django_language", "fr", expires=datetime.now(UTC) + timedelta(days=366))
    return response


def for_ever(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Set-Cookie": "django_language=fr; Path=/; Max-Age=soon"})


def elsewhere(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.set_cookie("django_language", "fr", path="/fr/")
    return response


def on_a_domain(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.set_cookie("django_language", "fr", domain="testserver")
    return response


PLANTED: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    view.__name__: view
    for view in (
        foreign, by_hand, streamed, file, failing, without_consent, too_long, too_long_by_date, for_ever, elsewhere,
        on_a_domain,
    )
}  # fmt: skip
REASONS = {
    "foreign": "undeclared",
    "by_hand": "undeclared",
    "streamed": "undeclared",
    "file": "undeclared",
    "failing": "undeclared",
    "without_consent": "refused",
    "too_long": "too-long",
    "too_long_by_date": "too-long",
    "for_ever": "too-long",
    "elsewhere": "elsewhere",
    "on_a_domain": "elsewhere",
}
urlpatterns = [*addresses, *(path(f"planted/{name}/", view) for name, view in PLANTED.items())]


@pytest.fixture
def _planted(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def _in_earnest(settings: Settings) -> None:
    settings.COOKIES_STRICT = False


@pytest.mark.promise("P8.3", "P11.5", "P11.6")
@pytest.mark.usefixtures("_planted", "_in_earnest")
@pytest.mark.parametrize(("name", "reason"), REASONS.items())
def test_a_planted_cookie_is_stopped_logged_and_counted(
    client: Client, caplog: pytest.LogCaptureFixture, name: str, reason: str
) -> None:
    for _ in range(2):
        answer = client.get(f"/planted/{name}/")

        assert not answer.cookies
        assert "Set-Cookie" not in answer.headers

    said = [(record.levelname, record.name) for record in caplog.records if record.name == "cookies.gate"]
    assert said == [("ERROR", "cookies.gate")] * 2
    assert SECRET not in caplog.text
    assert list(StoppedCookie.objects.values_list("reason", "count")) == [(reason, 2)]


@pytest.mark.usefixtures("_planted")
@pytest.mark.parametrize("name", PLANTED)
def test_while_developing_and_testing_it_is_an_error(client: Client, name: str) -> None:
    with pytest.raises(CookieStoppedError):
        client.get(f"/planted/{name}/")


@pytest.mark.usefixtures("_planted", "_in_earnest")
def test_the_rest_of_the_response_arrives(client: Client) -> None:
    answer = client.get("/planted/streamed/")

    assert b"".join(answer.streaming_content) == b"ab"  # type: ignore[attr-defined]


def test_it_is_the_outermost_of_all(settings: Settings) -> None:
    assert settings.MIDDLEWARE[0] == "cookies.gate.CookieGate"


@pytest.mark.usefixtures("_in_earnest")
def test_what_other_middleware_and_static_files_set_is_seen_too(client: Client, settings: Settings) -> None:
    settings.MIDDLEWARE = [settings.MIDDLEWARE[0], f"{__name__}.Meddling", *settings.MIDDLEWARE[1:]]
    meddled = Client()

    for address in ("/fr/", "/fr/nothing-here/", "/robots.txt", "/static/site.css"):
        answer = meddled.get(address)
        assert not answer.cookies
        let_go(answer)
    assert StoppedCookie.objects.get().count == 4


class Meddling:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.set_cookie("meddled", SECRET)
        return response


@pytest.mark.usefixtures("_planted", "_in_earnest")
def test_a_cookie_leaves_once_its_purpose_is_agreed_to(visitor: Client) -> None:
    choose(visitor, "all")

    assert set(visitor.get("/planted/without_consent/").cookies) == {"audience"}


def test_deleting_a_cookie_of_any_name_is_allowed() -> None:
    response = HttpResponse()
    response.delete_cookie("left_by_an_older_site")

    assert set(passed(response).cookies) == {"left_by_an_older_site"}


def test_emptying_a_cookie_for_a_year_is_not_deleting_it() -> None:
    response = HttpResponse()
    response.set_cookie("empty", "", max_age=YEAR)

    with pytest.raises(CookieStoppedError):
        passed(response)


def test_the_count_is_no_condition_for_the_answer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import DatabaseError

    def away(*args: object, **more: object) -> None:
        raise DatabaseError

    settings.COOKIES_STRICT = False
    monkeypatch.setattr("cookies.gate.add", away)

    assert not passed(foreign(HttpRequest())).cookies
    assert "was not counted" in caplog.text


def passed(response: HttpResponseBase, **cookies: str) -> HttpResponseBase:
    """A response as it comes out of the gate."""
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    return CookieGate(lambda _: response)(request)


SHARED = TrackerPurpose(name="sharing", title="Sharing", what_for="For this test.", in_use=lambda: True)


@pytest.mark.promise("P11.9")
def test_withdrawing_deletes_the_purposes_cookies_wherever_they_were_set_in_the_same_response(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    among = Registry()
    among.register_trackers(
        Tracker(name="kept", purpose=NECESSARY, what_for="x"),
        Tracker(
            name="audience",
            purpose=AUDIENCE,
            what_for="x",
            places=[("/", ""), ("/fr/", ""), ("/", "customer-labs.com"), ("/en/", "www.customer-labs.com")],
        ),
        Tracker(name="seen", purpose=AUDIENCE, what_for="x", storage=Storage.LOCAL),
    )
    choose(visitor, "all")
    monkeypatch.setattr("cookies.gate.registry", among)
    monkeypatch.setattr("cookies.gate.report", lambda *_: None)  # The choice's own cookie is not in this registry.

    answer = choose(visitor, "none")

    deleted = {
        (morsel.key, morsel["path"], morsel["domain"], str(morsel["max-age"])) for morsel in answer.cookies.values()
    }
    assert deleted == {
        ("audience", "/", "", "0"),
        ("audience", "/fr/", "", "0"),
        ("audience", "/", "customer-labs.com", "0"),
        ("audience", "/en/", "www.customer-labs.com", "0"),
    }
    assert answer["Clear-Site-Data"] == '"storage"'


@pytest.mark.promise("P11.5")
def test_a_tracker_whose_agreement_is_over_is_deleted_by_the_next_page(client: Client, settings: Settings) -> None:
    client.cookies["audience"] = "2026-11-01.2026-11-02"

    deleted = client.get("/fr/").cookies["audience;/;"]
    settings.AUDIENCE = False

    assert (deleted.value, str(deleted["max-age"])) == ("", "0")
    client.cookies["audience"] = "2026-11-01.2026-11-02"
    assert "audience;/;" in client.get("/fr/").cookies


@pytest.mark.parametrize("days", [0, -1, 394])
def test_a_tracker_can_not_be_declared_to_live_longer_than_thirteen_months(days: int) -> None:
    with pytest.raises(ValueError, match="thirteen months"):
        Tracker(name="x", purpose=AUDIENCE, what_for="x", life=timedelta(days=days))


def rendered(text: str, **cookies: str) -> str:
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    return Template("{% load cookies %}" + text).render(Context({"request": request}))


@pytest.mark.promise("P11.5")
def test_nothing_of_what_is_gated_is_in_a_page_before_an_agreement(visitor: Client) -> None:
    page = '{% tracker "audience" %}<script src="x.js"></script>{% endtracker %}'
    choose(visitor, "all")
    agreed = visitor.cookies["eu-consent"].value

    assert rendered(page) == ""
    assert rendered(page, **{"eu-consent": agreed}) == '<script src="x.js"></script>'


@pytest.mark.parametrize("said", ["", "audience", '"advertising"', '"audience" "x"'])
def test_only_a_purpose_of_the_catalogue_can_be_named(said: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        rendered(f"{{% tracker {said} %}}x{{% endtracker %}}")
