from contextlib import suppress
from datetime import datetime

from odoo import api, models

from ..rules.identity import Problem


class KpbIdentityText(models.AbstractModel):
    """Says in the reader's language why an identity or phone number is refused."""

    _name = "kpb.identity.text"
    _description = "Sentences About Numbers"

    @api.model
    def _sentence(self, refused):
        """Return the translated sentence for a ``rules.identity.IdentityRefused``."""
        _ = self.env._
        values = refused.values
        match refused.code:
            case Problem.NIK_MISSING:
                return _("KTP Number: give its 16 digits, such as %(example)s.", **values)
            case Problem.NIK_NUMERIC:
                return _(
                    "KTP Number: it comes from a numeric cell, so its last digit is lost. Format"
                    " the column as text and enter it again, such as %(example)s.",
                    **values,
                )
            case Problem.NIK_FIFTEEN:
                return _(
                    "KTP Number: it has 15 digits, a spreadsheet has probably lost the last one."
                    " Enter all 16, such as %(example)s.",
                    **values,
                )
            case Problem.NIK_CHARACTERS:
                return _("KTP Number: use digits only, such as %(example)s.", **values)
            case Problem.NIK_LENGTH:
                return _(
                    "KTP Number: it has 16 digits, this one has %(count)s. Right is %(example)s.",
                    **values,
                )
            case Problem.NIK_FILLER | Problem.NIK_DATE:
                return _(
                    "KTP Number: digits 7 to 12 must be a date of birth (40 is added to the day"
                    " for women). Right is %(example)s.",
                    **values,
                )
            case Problem.PHONE_MISSING:
                return _("Phone: give a number such as %(example)s.", **values)
            case Problem.PHONE_ROUNDED:
                return _(
                    "Phone: it comes from a numeric cell that lost digits. Format the column as"
                    " text and enter it again, such as %(example)s.",
                    **values,
                )
            case Problem.PHONE_CHARACTERS:
                return _("Phone: give one number, digits only, such as %(example)s.", **values)
            case Problem.PHONE_SHORT:
                return _("Phone: the number is too short. Right is %(example)s.", **values)
            case Problem.PHONE_LONG:
                return _("Phone: the number is too long. Right is %(example)s.", **values)
            case _unknown:
                return _(
                    "Phone: there is no such number. Mobile numbers begin with 08: right is"
                    " %(example)s.",
                    **values,
                )

    @api.model
    def _birth_date(self, value):
        """Return the date that a value means (date, 1990-12-31, 31/12/1990), None for nonsense."""
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
            with suppress(ValueError):
                return datetime.strptime(str(value), form).date()
        return None
