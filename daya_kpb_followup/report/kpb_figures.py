from odoo import api, fields, models
from odoo.tools import SQL


class KpbFigures(models.AbstractModel):
    """What the reports share: percentages that stay true in every total, words, and days.

    A rate is a column of 0 and 100, empty where the row is not among those it is about; its
    average is the rate of any group of rows.
    """

    _name = "kpb.figures"
    _description = "Figures"

    @property
    def _table_sql(self):
        self._compile_nothing()
        return super()._table_sql

    @api.model
    def _compile_nothing(self):
        """Let PostgreSQL run what is asked until the transaction ends, without compiling it first.

        Expecting millions of rows, it would compile each query of so many expressions anew, which
        takes longer than running it.
        """
        self.env.cr.execute("SET LOCAL jit = off")

    @api.model
    def _words_of(self, model, name):
        """Return the selection of a field of another model, in the reader's language."""
        return self.env[model]._fields[name]._description_selection(self.env)

    @api.model
    def _rate(self, numerator, denominator=None):
        """Return SQL of a rate: 100 where a condition holds, else 0.

        :param SQL denominator: condition on the rows it is about; all of them when missing
        """
        rate = SQL("CASE WHEN %s THEN 100::float8 ELSE 0::float8 END", numerator)
        return SQL("CASE WHEN %s THEN %s END", denominator, rate) if denominator else rate

    @api.model
    def _local_today(self):
        """Return SQL of today on the wall of the branch that is called ``branch``."""
        return SQL(
            "(%s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE branch.tz)::date",
            fields.Datetime.now(),
        )

    @api.model
    def _local_day(self, moment):
        """Return SQL of the day of a moment on the wall of ``branch``."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE branch.tz)::date", moment)

    @api.model
    def _at_branch(self, partner, branch):
        """Return SQL of a number for a customer at a branch: the same customer there, once."""
        return SQL("(%s::bigint << 20) + %s", partner, branch)
