from contextlib import suppress
from datetime import datetime

from odoo import api, models
from odoo.tools import LazyTranslate

from ..rules.identity import Problem

_lt = LazyTranslate(__name__)

DATE_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
SENTENCES = {
    Problem.NIK_MISSING: _lt("KTP Number: give its 16 digits, such as %(example)s."),
    Problem.NIK_NUMERIC: _lt(
        "KTP Number: it comes from a numeric cell, so its last digit is lost. Format the column"
        " as text and enter it again, such as %(example)s."
    ),
    Problem.NIK_FIFTEEN: _lt(
        "KTP Number: it has 15 digits, a spreadsheet has probably lost the last one. Enter all"
        " 16, such as %(example)s."
    ),
    Problem.NIK_CHARACTERS: _lt("KTP Number: use digits only, such as %(example)s."),
    Problem.NIK_LENGTH: _lt(
        "KTP Number: it has 16 digits, this one has %(count)s. Right is %(example)s."
    ),
    Problem.NIK_FILLER: _lt(
        "KTP Number: the same digit 16 times is no number. Right is %(example)s."
    ),
    Problem.NIK_DATE: _lt(
        "KTP Number: digits 7 to 12 must be a date of birth (40 is added to the day for women)."
        " Right is %(example)s."
    ),
    Problem.PHONE_MISSING: _lt("Phone: give a number such as %(example)s."),
    Problem.PHONE_ROUNDED: _lt(
        "Phone: it comes from a numeric cell that lost digits. Format the column as text and"
        " enter it again, such as %(example)s."
    ),
    Problem.PHONE_CHARACTERS: _lt("Phone: give one number, digits only, such as %(example)s."),
    Problem.PHONE_SHORT: _lt("Phone: the number is too short. Right is %(example)s."),
    Problem.PHONE_LONG: _lt("Phone: the number is too long. Right is %(example)s."),
    Problem.PHONE_UNKNOWN: _lt(
        "Phone: there is no such number. Mobile numbers begin with 08: right is %(example)s."
    ),
}


class KpbIdentityText(models.AbstractModel):
    """Says in the reader's language why an identity or phone number is refused."""

    _name = "kpb.identity.text"
    _description = "Sentences About Numbers"

    @api.model
    def _sentence(self, refused):
        """Return the translated sentence for a ``rules.identity.IdentityRefused``."""
        sentence = self.env._(SENTENCES[refused.code])
        return sentence % refused.values

    @api.model
    def _birth_date(self, value):
        """Return the date that a value means (date, 1990-12-31, 31/12/1990), None for nonsense."""
        for form in DATE_FORMS:
            with suppress(ValueError):
                return datetime.strptime(str(value), form).date()
        return None
