"""What a visitor agrees to, in the words beside the box (P3.1, P3.3). A changed word is a new wording on record."""

from django.utils.translation import gettext_lazy as _

from contact.models import ContactRequest
from privacy.declarations import Purpose

REQUEST_PURPOSES = {
    ContactRequest.Kind.CONTACT: Purpose(
        name="contact",
        wording=_("I agree that CUSTOMER LABS uses what I write in this form to handle my request and answer me."),
    ),
    ContactRequest.Kind.QUESTION: Purpose(
        name="question",
        wording=_("I agree that CUSTOMER LABS uses what I write in this form to answer my question."),
    ),
    ContactRequest.Kind.COMPLAINT: Purpose(
        name="complaint",
        wording=_("I agree that CUSTOMER LABS uses what I write in this form to look into my complaint and answer it."),
    ),
}
