from odoo import api, fields, models

from ..rules.outcomes import OPEN_STATES, Result, State
from .kpb_next_call import CALLED_STATUSES


class KpbRegistration(models.AbstractModel):
    """The unit's papers: where the STNK is, and since when; the BPKB beside it (P5, decision 4).

    The salesforce calls at H+15. An STNK that is not back from the bureau is chased by Admin
    STNK meanwhile; once it is ready the customer is called that day; collected ends the call.
    """

    _name = "kpb.registration"
    _description = "Registration Papers"

    stnk_state = fields.Selection(
        [("in_process", "In Process"), ("ready", "Ready"), ("collected", "Collected")],
        "STNK",
        required=True,
        default="in_process",
        tracking=True,
    )
    stnk_sent_date = fields.Date("STNK Sent")
    stnk_ready_date = fields.Date("STNK Back")
    stnk_collected_date = fields.Date("STNK Collected")
    stnk_collected_by = fields.Char("Collected By", help="Name and relation, if not the owner.")
    bpkb_ready_date = fields.Date("BPKB Back")
    bpkb_collected_date = fields.Date("BPKB Collected")

    def _stnk_moved(self):
        """Bring dates and calls in line with the state of the STNK."""
        for unit in self:
            today = unit.branch_id._today()
            calls = unit.sudo().followup_ids.filtered(  # sudo: the call may be a colleague's
                lambda call: call.milestone_id.kind == "stnk" and call.state in OPEN_STATES
            )
            if unit.stnk_state == "in_process":
                unit.stnk_ready_date = unit.stnk_collected_date = False
            elif unit.stnk_state == "ready":
                unit.stnk_collected_date = False
                calls |= unit._stnk_calls_given_up()
                unit.stnk_ready_date = unit.stnk_ready_date or today
                unit._finish_task("mail_activity_type_stnk_chase")
                calls.filtered(lambda call: call.state == State.TODO)._call_on(
                    unit.branch_id._working_day(today)
                )
            elif unit.stnk_state == "collected":
                unit.stnk_collected_date = unit.stnk_collected_date or today
                unit._finish_task("mail_activity_type_stnk_chase")
                calls._close(State.DONE, Result.PICKED_UP)

    def _stnk_calls_given_up(self):
        """Open the call for the certificate again that was given up while it was not there."""
        calls = self.sudo().followup_ids.filtered(  # sudo: the call may be a colleague's
            lambda call: (
                call.milestone_id.kind == "stnk"
                and call.result in (Result.EXHAUSTED, Result.EXPIRED)
            )
        )
        if self.status in CALLED_STATUSES:
            calls._open_again()
        return calls

    @api.model
    def _chase_stnk(self, calls, find=None, members=None):
        """Ask Admin STNK to chase certificates that are not back, where somebody has that role.

        :param calls: the follow-ups about the certificates
        :param find: a finder of ``kpb.assignment`` that is there already
        :param dict members: what ``_members`` of it gave
        """
        members = self.env["kpb.assignment"]._members() if members is None else members
        about = {
            call.purchase_id: call
            for call in calls
            if any(members[branch.id, "admin_stnk"] for branch in call.branch_id._lineage())
        }
        self._assign_tasks("mail_activity_type_stnk_chase", "admin_stnk", about, find)
