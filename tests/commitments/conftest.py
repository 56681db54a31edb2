import pytest

from privacy.policy.publishing import publish_first


@pytest.fixture(autouse=True)
def _published(request: pytest.FixtureRequest) -> None:
    """A site in good order has published its policy."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db" if _is_transactional(request) else "db")
        publish_first()


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))
