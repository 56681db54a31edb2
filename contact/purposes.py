"""What a visitor agrees to, in the words beside the box (P3.1, P3.3). A changed word is a new wording on record."""

from django.utils.translation import gettext_lazy as _

from contact.models import ContactRequest
from privacy.declarations import Purpose, Withdrawal

ERASED = _(
    "Your message, your name, your address and telephone number, our answers and our notes. "
    "If you have had no answer yet, there will be none."
)
REQUEST_PURPOSES = {
    ContactRequest.Kind.CONTACT: Purpose(
        name="contact",
        wording=_("I agree that CUSTOMER LABS uses what I write in this form to handle my request and answer me."),
        withdrawal=Withdrawal(
            title=_("Your message"),
            wording=_("I no longer agree that CUSTOMER LABS uses what I wrote to handle my request and answer me."),
            erases=ERASED,
        ),
    ),
    ContactRequest.Kind.QUESTION: Purpose(
        name="question",
        wording=_("I agree that CUSTOMER LABS uses what I write in this form to answer my question."),
        withdrawal=Withdrawal(
            title=_("Your question"),
            wording=_("I no longer agree that CUSTOMER LABS uses what I wrote to answer my question."),
            erases=ERASED,
        ),
    ),
    ContactRequest.Kind.COMPLAINT: Purpose(
        name="complaint",
        wording=_("I agree that CUSTOMER LABS uses what I write in this form to look into my complaint and answer it."),
        withdrawal=Withdrawal(
            title=_("Your complaint"),
            wording=_(
                "I no longer agree that CUSTOMER LABS uses what I wrote to look into my complaint and answer it."
            ),
            erases=ERASED,
        ),
    ),
}
