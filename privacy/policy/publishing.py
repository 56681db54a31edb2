"""Publishing the policy: what the declarations say is frozen as a version, in both languages (P12.1)."""

from datetime import date

from django.db import connection, transaction
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from privacy.policy import in_force, notice
from privacy.policy.announcing import announce
from privacy.policy.models import PolicyVersion, digest_of, today
from privacy.policy.rendering import Texts, current

PUBLISHING = 0x706F6C
"""The number of the advisory lock that keeps two publications apart."""
FIRST_CHANGES = Texts(fr="Première version publiée sur ce site.", en="First version published on this site.")


class PublishingRefused(Exception):
    """Nothing was published. The message is for the person who tried."""


def latest() -> PolicyVersion | None:
    """The version published last from the declarations, in force or to come; imported texts are history."""
    return PolicyVersion.objects.filter(is_imported=False).order_by("-pk").first()


def has_drifted() -> bool:
    """Whether what the site does now is not what was last published."""
    published = latest()
    return published is None or published.digest != current().digest


def check_publishable(*, effective_from: date, edition: str) -> Texts:
    """The texts that would be published, if nothing stands against it.

    `edition` is the digest of the texts that the officer had before them. Raises PublishingRefused when the text has
    changed since, when it is the one published last, or when it would take effect in the past or before another.
    """
    texts, last = current(), latest()
    if texts.digest != edition:
        raise PublishingRefused(_("The policy’s text has changed since you opened this page. Read it again."))
    if last is not None and last.digest == texts.digest:
        raise PublishingRefused(_("This very text is published already."))
    if effective_from < max(today(), last.effective_from if last else date.min):
        raise PublishingRefused(_("A version can’t take effect in the past, nor before the one published last."))
    return texts


def publish(
    *, changes_fr: str, changes_en: str, is_important: bool, effective_from: date, edition: str
) -> PolicyVersion:
    """Freeze the policy as it reads now. An important change is announced by mail and by a notice (P12.2).

    Raises PublishingRefused as `check_publishable` does; of two officers at once, for the second.
    """
    with transaction.atomic():
        _one_at_a_time()
        texts = check_publishable(effective_from=effective_from, edition=edition)
        version = PolicyVersion.objects.create(
            effective_from=effective_from,
            is_important=is_important,
            changes_fr=changes_fr.strip(),
            changes_en=changes_en.strip(),
            text_fr=texts.fr,
            text_en=texts.en,
            digest=texts.digest,
        )
        if is_important:
            announce(version)
        transaction.on_commit(_look_again)
    return version


def publish_first() -> PolicyVersion | None:
    """Publish the policy of a new site, so that the first consent already refers to a version. None if there is one."""
    if latest() is not None:
        return None
    try:
        return publish(
            changes_fr=FIRST_CHANGES.fr,
            changes_en=FIRST_CHANGES.en,
            is_important=False,
            effective_from=today(),
            edition=current().digest,
        )
    except PublishingRefused:  # Another process was quicker.
        return None


def import_text(*, fr: str, en: str, effective_from: date, changes_fr: str, changes_en: str) -> PolicyVersion | None:
    """Keep an earlier policy, given as plain text, at its date; a language may be missing. None if it is there already.

    Raises PublishingRefused for a date to come, and for one on which another text is kept.
    """
    if effective_from >= today():
        raise PublishingRefused(_("An imported text is an earlier one: its date must be past."))
    text_fr, text_en = as_html(fr), as_html(en)
    digest = digest_of(text_fr, text_en)
    with transaction.atomic():
        _one_at_a_time()
        same_day = PolicyVersion.objects.filter(effective_from=effective_from)
        if same_day.filter(digest=digest).exists():
            return None
        if same_day.exists():
            raise PublishingRefused(_("Another text is kept at that date already."))
        transaction.on_commit(_look_again)
        return PolicyVersion.objects.create(
            effective_from=effective_from,
            changes_fr=changes_fr,
            changes_en=changes_en,
            text_fr=text_fr,
            text_en=text_en,
            digest=digest,
            is_imported=True,
        )


def as_html(text: str) -> str:
    """Plain text as HTML: a line is a paragraph, and one that begins with a number and a point is a heading."""
    lines = [line.strip() for line in text.replace("\x00", "").splitlines() if line.strip()]
    return format_html_join("\n", "{}", ((_line(line),) for line in lines))


def _line(line: str) -> str:
    number, point, _rest = line.partition(". ")
    return format_html("<h2>{}</h2>" if point and number.isdecimal() else "<p>{}</p>", line)


def _look_again() -> None:
    for page in (in_force, notice):
        page.look_again()


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])
