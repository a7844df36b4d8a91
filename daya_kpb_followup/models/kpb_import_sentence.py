import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ..rules.dms import TITLES, Column, Trouble
from ..rules.identity import Doubt
from .kpb_identity_text import SENTENCES as IDENTITY_SENTENCES

_lt = LazyTranslate(__name__)

#: Finding of the import's own → what follows the title of its column.
SENTENCES = {
    Trouble.MISSING: _lt("missing. Enter it and run the row again."),
    Trouble.TOO_LONG: _lt("too long. Enter a shorter text."),
    Trouble.CHARACTERS: _lt("not readable. Enter letters and digits only."),
    Trouble.FORMULA: _lt("looked like a formula; the signs at its beginning were left out."),
    Trouble.DATE_UNREADABLE: _lt("no date. Enter day/month/year, such as 31/12/2025."),
    Trouble.DATE_FUTURE: _lt("lies in the future. Enter the right day, such as 31/12/2025."),
    Trouble.DATE_TOO_EARLY: _lt("lies too far back. Enter the right year with four digits."),
    Trouble.STNK_UNKNOWN: _lt("unknown word, not taken. Known: Proses, Siap, Diambil."),
    Doubt.NIK_PROVINCE: _lt("the first two digits are not a known province."),
    Doubt.NIK_BIRTH_DATE: _lt("does not agree with the date of birth."),
}


class KpbImportSentence(models.AbstractModel):
    """Says in the reader's language what is wrong with a row, and what to do.

    A sentence names the column and never repeats what stands in it about a customer.
    """

    _name = "kpb.import.sentence"
    _description = "Sentences about Imported Rows"

    @api.model
    def _say(self, column, text):
        """Return a sentence that begins with the title of the column it is about."""
        return f"{TITLES[column]}: {text}"

    @api.model
    def _of_finding(self, finding):
        """Return the sentence about a finding of the rules."""
        if finding.code in IDENTITY_SENTENCES:
            sentence = self.env._(IDENTITY_SENTENCES[finding.code])
            left_out = self.env._("It was left out.")
            return f"{sentence % finding.values} {left_out}"
        return self._say(finding.column, self.env._(SENTENCES[finding.code]))

    @api.model
    def _unknown_branch(self, code):
        """Return the sentence about a branch that does not exist."""
        return self._say(
            Column.BRANCH,
            self.env._(
                "there is no branch %s. Enter the code of an existing one, or create the branch.",
                code,
            ),
        )

    @api.model
    def _engine_taken(self, chassis):
        """Return the sentence about an engine number that belongs to another unit."""
        return self._say(
            Column.ENGINE,
            self.env._(
                "registered already with the unit of chassis number %s. Correct one of the two.",
                chassis,
            ),
        )

    @api.model
    def _unknown_salesperson(self, name, branch, several):
        """Return the sentence about a salesperson who cannot be told."""
        values = {"name": name, "branch": branch.name}
        if several:
            text = self.env._(
                "several members of %(branch)s are called %(name)s; imported without salesperson.",
                **values,
            )
        else:
            text = self.env._(
                "%(name)s is no member of %(branch)s; imported without salesperson.", **values
            )
        return self._say(Column.SALES, text)

    @api.model
    def _foreign_nik(self):
        """Return the sentence about a NIK that belongs to another customer."""
        return self._say(
            Column.NIK,
            self.env._("not taken: it belongs to another customer. Compare the two."),
        )

    @api.model
    def _validated(self, column):
        """Return the sentence about a value that the customer has confirmed otherwise."""
        return self._say(
            column,
            self.env._("differs from what the customer has confirmed, which was kept."),
        )

    @api.model
    def _later_line(self, number):
        """Return the sentence about a line that a later one puts out of date."""
        return self.env._("Line %s is about the same unit and counts instead of this one.", number)

    @api.model
    def _of_error(self, error):
        """Return the sentence about a failure to store a row."""
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, psycopg2.Error):
            return self.env._(
                "The database refused the row (code %s). Correct it and run it again; if it stays"
                " so, tell the administrator.",
                error.pgcode,
            )
        return self.env._(
            "The row could not be stored (%s). Correct it and run it again; if it stays so, tell"
            " the administrator.",
            type(error).__name__,
        )
