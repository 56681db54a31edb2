"""What somebody who leaves a directive agrees to: a specific consent of its own (art. 85 of the Act)."""

from django.utils.translation import gettext_lazy as _

from privacy.declarations import Purpose, Withdrawal

DIRECTIVE = Purpose(
    name="directive",
    wording=_(
        "I agree that CUSTOMER LABS keeps this directive, to carry it out after my death. I can change or revoke "
        "it at any time."
    ),
    withdrawal=Withdrawal(
        title=_("Your directive for after your death"),
        wording=_("I no longer agree that CUSTOMER LABS keeps my directive."),
        erases=_("Your directive, your name and address in it, and the person who was to see to it, who is told."),
    ),
)
