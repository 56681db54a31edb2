from collections.abc import Iterator

import pytest

from tests.deploy.front import Front
from tests.serving.running import Site, free_port


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Front]]:
    """A site in earnest, on https, and the nginx in front of it."""
    folder = tmp_path_factory.mktemp("deploy")
    folder.chmod(0o711)
    port = free_port()
    site = Site(folder / "var", port)
    front = Front(folder / "nginx", static=site.places.static, web=[port])
    try:
        site.start(
            SITE_URL=front.url,
            TRUSTED_PROXIES="1",
            CONTACT_LIMIT_CLIENT="2,3",
            AUDIENCE="true",
        )
        front.start()
        yield site, front
    finally:
        front.stop()
        site.clear_away()


@pytest.fixture
def front(behind: tuple[Site, Front]) -> Front:
    return behind[1]


@pytest.fixture
def site(behind: tuple[Site, Front]) -> Site:
    return behind[0]
