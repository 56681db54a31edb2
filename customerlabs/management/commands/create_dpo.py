"""`manage.py create_dpo`: the data protection officer's account, or the way back in when the last factor is lost."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from customerlabs.staff.models import StaffMember
from customerlabs.staff.opening import let_back_in, open_account
from privacy.audit import origin


class Command(BaseCommand):
    help = "Make the data protection officer's account and show its password once; --recover removes lost factors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address of the account")
        parser.add_argument(
            "--recover",
            action="store_true",
            help="for an account that is there and whose factor is lost: remove its factors and end its sign-ins",
        )

    def handle(self, *args: Any, email: str, recover: bool, **options: Any) -> None:
        origin.set_job("create_dpo")
        try:
            known = StaffMember.objects.filter(email__iexact=email).first()
            if recover:
                if known is None:
                    raise CommandError("No account has this address.")
                let_back_in(known)
                self.stdout.write("Its factors are gone and it is signed out everywhere. The password is unchanged:")
                self.stdout.write("the next sign-in leads to a new factor.")
                return
            if known is not None:
                raise CommandError("This address has an account already. A lost factor? Add --recover.")
            try:
                validate_email(email)
            except ValidationError as error:
                raise CommandError("This is no e-mail address.") from error
            self.stdout.write(f"Password, shown this once: {open_account(email, dpo=True)}")
            self.stdout.write("The first sign-in leads to a second factor.")
        finally:
            origin.set_job("")
