from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

# The bodies are bound to what they call when they are created, so they work under any search_path: that of pg_dump, of
# autovacuum and of a concurrent index build is empty. They are declared immutable, so that they can be indexed, since
# nobody changes the rules of unaccent; whoever does rebuilds the index.
FUNCTIONS = r"""
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE OR REPLACE FUNCTION contact_searchable(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 200
    RETURN replace(
        encode(
            convert_to(
                lower(unaccent('unaccent'::regdictionary, normalize(translate(words, E'\n\t-''’', '     '), NFKC))),
                'UTF8'
            ),
            'escape'
        ),
        '\', 'q'
    );
CREATE OR REPLACE FUNCTION contact_searchable(first_name text, last_name text, email text, message text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 200
    RETURN contact_searchable(' ' || first_name || ' ' || last_name || ' ' || email || ' ' || message);
"""
NO_FUNCTIONS = """
DROP FUNCTION IF EXISTS contact_searchable(text, text, text, text);
DROP FUNCTION IF EXISTS contact_searchable(text);
"""
INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS contactrequest_words ON contact_contactrequest
    USING gin (contact_searchable(first_name, last_name, email, message) gin_trgm_ops)
    WHERE NOT is_anonymised
"""
# Without it the planner takes every word for a rare one, and reads a million rows for “bonjour”.
STATISTICS = """
CREATE STATISTICS IF NOT EXISTS contactrequest_words
    ON (contact_searchable(first_name, last_name, email, message)) FROM contact_contactrequest
"""


class Migration(migrations.Migration):
    """The inbox searches and lists by index. Built concurrently: visitors write meanwhile."""

    atomic = False

    dependencies = [("contact", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(INDEX, "DROP INDEX CONCURRENTLY IF EXISTS contactrequest_words"),
        migrations.RunSQL(STATISTICS, "DROP STATISTICS IF EXISTS contactrequest_words"),
        AddIndexConcurrently(
            "contactrequest",
            models.Index(
                fields=["-received_at", "-id"], condition=Q(status__in=["new", "answered"]), name="contactrequest_open"
            ),
        ),
        RemoveIndexConcurrently("contactrequest", "contactrequest_waiting"),
        AddIndexConcurrently(
            "contactrequest",
            models.Index(
                fields=["status", "last_activity_at", "id"],
                condition=Q(status__in=["new", "answered"]),
                name="contactrequest_waiting",
            ),
        ),
    ]
