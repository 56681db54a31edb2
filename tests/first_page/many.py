"""Many rows of everything that the first page of the admin counts."""

from django.db import connection
from django.utils import timezone

from privacy.commitments.frame import all_commitments
from privacy.commitments.models import WatchedCommitment
from tests.desk.test_a_large_inbox import REQUESTS

RIGHTS = """
INSERT INTO privacy_rightsrequest (
    reference, "right", channel, language, subject_key, state, version, received_at, proof, proved_at, due_on,
    paused_days, decision, refusal, decided_at, closed_at
)
SELECT 'R' || n, (ARRAY['access', 'erasure', 'rectification', 'marketing', 'portability'])[1 + n %% 5], 'form', 'fr',
    'k:' || md5(n::text), state, 1, at, 'link', at, (at + interval '1 month')::date, 0,
    CASE WHEN state = 'refused' THEN 'refused' WHEN state = 'done' THEN 'granted' ELSE '' END,
    CASE WHEN state = 'refused' THEN '17(3)(e)' ELSE '' END,
    CASE WHEN state IN ('refused', 'done') THEN at + (n %% 40) * interval '1 day' END,
    CASE WHEN state IN ('refused', 'done') THEN at + (n %% 40) * interval '1 day' END
FROM (
    SELECT n, now() - n * interval '3 hours' AS at,
        CASE WHEN n %% 50 = 0 THEN 'open' WHEN n %% 7 = 0 THEN 'refused' ELSE 'done' END AS state
    FROM generate_series(1, %s) n
) AS numbers
"""
CONSENTS = """
INSERT INTO privacy_consent (subject_key, purpose, given_at, ended_at)
SELECT 'k:' || md5(n::text), 'contact', now() - n * interval '5 minutes',
    CASE WHEN n %% 3 = 0 THEN now() - n * interval '4 minutes' END
FROM generate_series(1, %s) n
"""
PROSPECTS = """
INSERT INTO contact_prospect (first_name, last_name, email, language, subject_key, asked_at, last_contact_at)
SELECT '', 'Nom', n || '@example.com', 'fr', 'k:' || md5(n::text), now(), now() - n * interval '1 hour'
FROM generate_series(1, %s) n
"""
VERSION = """
INSERT INTO cookies_catalogueversion (digest, asked, catalogue, text_fr, text_en, recorded_at)
VALUES ('d', 'a', '{}', '', '', now())
"""
CHOICES = """
INSERT INTO cookies_choiceevent (kind, number, purposes, version_id, language, at, ends_at)
SELECT 'accepted', 'n' || n, 'audience', (SELECT max(id) FROM cookies_catalogueversion), 'fr',
    now() - n * interval '30 minutes', now() + interval '6 months' - n * interval '30 minutes'
FROM generate_series(1, %s) n
"""
TABLES = (
    "contact_contactrequest",
    "privacy_rightsrequest",
    "privacy_consent",
    "contact_prospect",
    "cookies_choiceevent",
)


def fill(requests: int, *, rights: int, others: int) -> None:
    """So many requests with their consents, rights requests, and prospects and choices about cookies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('contactrequest_words'::regclass)")
        (words,) = cursor.fetchone() or ("",)
        cursor.execute("DROP INDEX contactrequest_words")  # Built at once, it takes a tenth of the time.
        cursor.execute(REQUESTS, [requests])
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(words)
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute(CONSENTS, [requests])
        cursor.execute(RIGHTS, [rights])
        cursor.execute(PROSPECTS, [others])
        cursor.execute(VERSION)
        cursor.execute(CHOICES, [others])
        cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")
    now = timezone.now()  # As on each day but a new site's first.
    for commitment in all_commitments():
        WatchedCommitment.objects.create(name=commitment.name, kept=True, checked_at=now, since=now)


def empty() -> None:
    WatchedCommitment.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, cookies_catalogueversion CASCADE")
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
