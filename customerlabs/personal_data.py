"""What the frame and the packages it uses hold: staff accounts, their sessions, the admin's log."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from cookies.catalogue import NECESSARY
from customerlabs.health.models import Heartbeat
from customerlabs.security.reports.models import PolicyReport
from customerlabs.staff.forgotten import ForgottenPassword
from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn
from privacy.declarations import (
    Activity,
    Exempt,
    LegalBasis,
    NoPersonalData,
    Person,
    PersonalData,
    Retention,
    Then,
    setting,
    when_it_comes,
)
from privacy.erasers import Blank, ToMonth
from privacy.registry import register, register_trackers
from privacy.trackers import Tracker

STAFF = Activity(
    name="staff-accounts",
    purpose=_("Giving staff access to the requests they answer, and knowing who did what"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    people=_("Staff of the company"),
    recipients=_("The administrators of this site"),
)


REPORTS = Activity(
    name="security-reports",
    purpose=_("Finding out what browsers stopped on our pages: a mistake of ours, or an attempt on our visitors"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    people=_("Visitors"),
    recipients=_("The administrators of this site"),
)


def admin_log_about(model: type[Model], keys: Iterable[Any] | None) -> QuerySet[LogEntry]:
    """The admin's log lines on these records, or on any of this table."""
    lines = LogEntry.objects.filter(
        content_type__app_label=model._meta.app_label, content_type__model=model._meta.model_name
    )
    return lines if keys is None else lines.filter(object_id__any_of=keys)


register_trackers(
    Tracker(
        name=settings.CSRF_COOKIE_NAME,
        purpose=NECESSARY,
        what_for=_("Makes sure that a form is sent from this site, and from nowhere else. Set by pages with a form."),
        life=timedelta(seconds=settings.CSRF_COOKIE_AGE),
    ),
    Tracker(
        name=settings.LANGUAGE_COOKIE_NAME,
        purpose=NECESSARY,
        what_for=_("Remembers the language you chose. Set only when you choose one."),
        life=timedelta(seconds=settings.LANGUAGE_COOKIE_AGE),
    ),
    Tracker(
        name=settings.SESSION_COOKIE_NAME,
        purpose=NECESSARY,
        what_for=_("Keeps staff signed in, and the page of your request open. Nobody else gets it."),
        life=timedelta(seconds=settings.SESSION_COOKIE_AGE),
    ),
)

register(
    PersonalData(
        model=StaffMember,
        activity=STAFF,
        person=Person(address="email"),
        fields={
            "email": Blank(),
            "first_name": Blank(),
            "last_name": Blank(),
            "password": Blank(),
            "last_login": Blank(),
            "date_joined": ToMonth(),
            "left_at": ToMonth(),
        },
        not_personal={"is_superuser", "is_staff", "is_active"},
        rectifiable={"email", "first_name", "last_name"},
        secret={"password"},
        retention=Retention(clock="left_at", keep=setting("STAFF_RETENTION"), then=Then.DELETE),
    ),
    PersonalData(
        model=StaffMember.groups.through,
        activity=STAFF,
        part_of="staffmember",
        fields={"staffmember": Blank(), "group": Blank()},
        retention=Exempt(_("Goes with the account.")),
    ),
    PersonalData(
        model=StaffMember.user_permissions.through,
        activity=STAFF,
        part_of="staffmember",
        fields={"staffmember": Blank(), "permission": Blank()},
        retention=Exempt(_("Goes with the account.")),
    ),
    PersonalData(
        model=SignIn,
        activity=STAFF,
        part_of="user",
        fields={
            "user": Blank(),
            "browser": Blank(),
            "network": Blank(),
            "began_at": ToMonth(),
            "seen_at": ToMonth(),
            "ended_at": Blank(),
        },
        not_personal={"with_factor"},
        retention=Retention(clock="began_at", keep=setting("SIGN_IN_RETENTION"), then=Then.DELETE),
    ),
    PersonalData(
        model=Authenticator,
        activity=STAFF,
        part_of="user",
        fields={"user": Blank(), "data": Blank(), "created_at": ToMonth(), "last_used_at": Blank()},
        not_personal={"type"},
        secret={"data"},
        retention=Exempt(_("Goes with the account.")),
    ),
    PersonalData(
        model=ForgottenPassword,
        activity=STAFF,
        person=Person(key="subject_key", language="language"),
        fields={"subject_key": Blank()},
        not_personal={"language", "ends_at"},
        retention=Retention(clock="ends_at", keep=when_it_comes, then=Then.DELETE),
    ),
    # Two tables of allauth in which nothing is ever written: an account has one address, its own.
    PersonalData(
        model=EmailAddress,
        activity=STAFF,
        part_of="user",
        fields={"user": Blank(), "email": Blank()},
        not_personal={"verified", "primary"},
        retention=Exempt(_("Goes with the account.")),
    ),
    PersonalData(
        model=EmailConfirmation,
        activity=STAFF,
        part_of="email_address",
        fields={"email_address": Blank(), "created": ToMonth(), "sent": Blank(), "key": Blank()},
        secret={"key"},
        retention=Exempt(_("Goes with the account.")),
    ),
    PersonalData(
        model=Session,
        activity=STAFF,
        no_person_because="Whose it is stands inside its signed content, which can’t be searched. It ends in a day.",
        fields={"session_key": Blank(), "session_data": Blank()},
        not_personal={"expire_date"},
        left_out_of_backups=True,
        retention=Retention(clock="expire_date", keep=when_it_comes, then=Then.DELETE),
    ),
    # Nothing is written there any more (privacy/audit/acting.py); what earlier versions wrote goes in its time.
    PersonalData(
        model=LogEntry,
        activity=STAFF,
        part_of="user",
        accompanies=admin_log_about,
        fields={
            "user": Blank(),
            "object_id": Blank(),
            "object_repr": Blank(),
            "change_message": Blank(),
            "action_time": ToMonth(),
        },
        not_personal={"content_type", "action_flag"},
        retention=Retention(
            clock="action_time",
            keep=setting("ADMIN_LOG_RETENTION"),
            then=Then.DELETE,
            indexed_by="customerlabs_adminlog_time",
        ),
    ),
    PersonalData(
        model=PolicyReport,
        activity=REPORTS,
        no_person_because="Counts of a day: what was stopped and where, without an address, a query or a token.",
        fields={"source": Blank(), "blocked": Blank(), "began_at": ToMonth()},
        not_personal={"day", "directive", "page", "times"},
        retention=Retention(clock="began_at", keep=setting("POLICY_REPORT_RETENTION"), then=Then.DELETE),
    ),
    NoPersonalData(model=Heartbeat, columns={"id", "at"}, because="When beat was last heard."),
    NoPersonalData(model=Group, columns={"name"}, because="Names of roles."),
    NoPersonalData(model=Group.permissions.through, columns={"group", "permission"}, because="What a role may do."),
    NoPersonalData(
        model=Permission, columns={"name", "content_type", "codename"}, because="What may be done, not who may do it."
    ),
    NoPersonalData(model=ContentType, columns={"app_label", "model"}, because="Names of tables."),
)
