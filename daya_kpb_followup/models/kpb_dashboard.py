from dataclasses import dataclass
from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date


@dataclass(frozen=True)
class Scope:
    """The branches that a page of figures is about."""

    #: ``kpb.branch`` records in superuser mode, closed ones as well
    branches: models.Model
    #: whether the reader has chosen one of his branches
    chosen: bool
    #: head office without a choice: no need to name the branches
    everywhere: bool

    def domain(self):
        """Return the domain of the rows of these branches."""
        return Domain.TRUE if self.everywhere else Domain("branch_id", "in", self.branches.ids)

    def by_day(self, build):
        """Return a domain in which the rows of each branch go by its own local day.

        :param build: function of a local day (a date) that returns a domain
        """
        return self._by(lambda branch: branch._today(), build)

    def by_hours(self, build):
        """Return a domain in which the rows of each branch go by the hours of its local day.

        :param build: function of the first moment of the local day and of the first one after it,
            naive UTC, that returns a domain

        Where the clocks differ, the longest day of all stands before the branches' own: an index
        finds its rows, and only these are asked for their branch.
        """

        def hours(branch):
            start = datetime.combine(branch._today(), time.min)
            return branch._utc(start), branch._utc(start + timedelta(days=1))

        bounds = [hours(branch) for branch in self.branches]
        longest = (min(start for start, _end in bounds), max(end for _start, end in bounds))
        return build(*longest) & self._by(hours, lambda day: build(*day))

    def _by(self, clock, build):
        moments = self.branches.grouped(clock)
        if len(moments) == 1:
            return self.domain() & build(next(iter(moments)))
        return Domain.OR(
            Domain("branch_id", "in", branches.ids) & build(moment)
            for moment, branches in moments.items()
        )


class KpbDashboard(models.AbstractModel):
    """The managers' start page in one answer: where to push today.

    Each figure comes with the list behind it, by the very domain that was counted: whoever opens
    it sees as many rows as the page said, under the same record rules. A day is the local day of
    the branch. Nothing is stored.
    """

    _name = "kpb.dashboard"
    _description = "Managers' Start Page"

    @api.model
    @api.readonly
    def figures(self, branch_id=False):
        """Return what the start page shows.

        :param int branch_id: only this branch and those below it; false, or one that is not the
            reader's: all his branches
        :return: dict with ``branches`` to choose from, ``branch_id`` the one it is about, ``day``
            in words, and the groups of figures
        :raises AccessError: the reader is not a manager
        """
        self._check_manager()
        self.env["kpb.figures"]._compile_nothing()
        mine = self._my_branches()
        chosen = mine.filtered("active") & mine.browse(branch_id or ())
        scope = self._scope(mine, chosen)
        clock = (chosen or scope.branches)[:1]
        return {
            "branches": [
                {"id": branch.id, "name": branch.name} for branch in mine.filtered("active")
            ],
            "branch_id": chosen.id,
            "day": format_date(self.env, clock._today(), date_format="EEEE, d MMMM y")
            if clock
            else False,
            "tiles": self._tiles(scope) if scope.branches else [],
        }

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group("daya_kpb_followup.kpb_group_manager"):
            raise AccessError(
                self.env._("KPB Today is for managers. Your own calls stand in My Follow-ups.")
            )

    @api.model
    def _my_branches(self):
        """Return the branches of the reader in superuser mode, closed ones as well."""
        # sudo: who may see a branch is not for everybody to read, that I may see it is
        branches = self.env["kpb.branch"].sudo().with_context(active_test=False)
        if self.env.user.has_group("daya_kpb_followup.kpb_group_admin"):
            return branches.search([])
        return branches.search([("access_user_ids", "in", self.env.uid)])

    @api.model
    def _scope(self, mine, chosen):
        if chosen:
            below = mine.search([("id", "child_of", chosen.id), ("id", "in", mine.ids)])
            return Scope(below, chosen=True, everywhere=False)
        everywhere = self.env.user.has_group("daya_kpb_followup.kpb_group_admin")
        return Scope(mine, chosen=False, everywhere=everywhere)

    @api.model
    def _rows(self, action, model, domain, label, counted=None):
        """Return one number of the page and the way to its rows.

        :param str action: external id of the list, in this addon, whose views show the rows
        :param str model: the model that is counted
        :param Domain domain: what is counted
        :param str label: what the number means
        :param int counted: how many there are, where that is known already
        """
        return {
            "label": label,
            "value": self.env[model].search_count(domain) if counted is None else counted or 0,
            "action": f"daya_kpb_followup.{action}",
            "domain": list(domain),
        }
