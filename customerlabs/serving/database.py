"""The embedded PostgreSQL, from nothing to an answering database, under a supervisor."""

from customerlabs.serving.postgres import EmbeddedPostgres, program
from customerlabs.serving.server_user import choose_server_user
from customerlabs.serving.supervisor import Supervisor


def run_postgres(supervisor: Supervisor) -> None:
    """Returns once it answers and has the site's database. Raises Refusal."""
    places = supervisor.places
    if not places.postgres.exists():
        supervisor.say("Making the database (the first time only)…")
    with supervisor.interruptible():
        postgres = EmbeddedPostgres(places, choose_server_user(places, program("postgres")))
        postgres.prepare()
    process = supervisor.start(postgres)
    with supervisor.interruptible():
        postgres.wait_until_ready(process)
        postgres.make_database()
