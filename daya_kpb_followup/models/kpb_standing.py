from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..rules import lost
from ..rules.lost import Standing, Why
from ..rules.outcomes import OPEN_STATES, Place, Result, State

#: Standings that follow from the visits; prospect and stopped were decided by people.
JUDGED = ("active", "at_risk", "lost")


class KpbStanding(models.AbstractModel):
    """Active, at risk, LOST with evidence, or back (S3, decisions 5-7).

    ``rules.lost`` judges by the visits; a person may set LOST with a reason, and what a person
    set stays until the customer is serviced in the group again. ``lifecycle_date`` is the day on
    which the life cycle looks at the unit again, so that its cost follows what is due.
    """

    _name = "kpb.standing"
    _description = "Standing of a Customer"

    status = fields.Selection(
        [
            ("active", "Active"),
            ("at_risk", "At Risk"),
            ("lost", "LOST"),
            ("stopped", "Stopped"),
            ("prospect", "Prospect"),
        ],
        required=True,
        default="active",
        copy=False,
        tracking=True,
    )
    lost_date = fields.Date("LOST Since", copy=False, tracking=True)
    lost_reason_id = fields.Many2one(
        "kpb.lost.reason", "Reason for LOST", copy=False, ondelete="restrict", tracking=True
    )
    lost_note = fields.Char("LOST: Remarks", copy=False)
    lost_by_hand = fields.Boolean("LOST Set by a Person", readonly=True, copy=False)
    evidence_ids = fields.Many2many(
        "kpb.visit",
        string="Evidence",
        compute="_compute_evidence_ids",
        help="Services outside the group with none inside since.",
    )
    lifecycle_date = fields.Date(readonly=True, copy=False)

    _lifecycle = models.Index("(lifecycle_date) WHERE lifecycle_date IS NOT NULL")

    @api.depends("visit_ids.date", "visit_ids.place")
    def _compute_evidence_ids(self):
        for unit in self:
            evidence = unit._judgement().evidence if unit.purchase_date else ()
            unit.evidence_ids = [Command.set([service.key for service in evidence])]

    # people decide
    def action_set_lost(self, reason_id, note=None):
        """Set LOST by hand (decision 6).

        :param int reason_id: id of a ``kpb.lost.reason``
        :param str note: in words
        :raises UserError: without a reason, or when the unit is LOST or stopped already
        """
        self.check_access("write")
        reason = self.env["kpb.lost.reason"].browse(reason_id).exists()
        if not reason:
            raise UserError(self.env._("Reason for LOST: choose one."))
        for unit in self:
            if unit.status in ("lost", "stopped"):
                raise UserError(
                    self.env._(
                        "%(unit)s is %(status)s already. Reopen it first.",
                        unit=unit.display_name,
                        status=dict(unit._fields["status"]._description_selection(self.env))[
                            unit.status
                        ],
                    )
                )
            unit._become_lost(reason, unit.branch_id._today(), note, by_hand=True)

    def action_reopen(self):
        """Take a stopped or LOST unit back into the calls the calendar still has for it."""
        self.check_access("write")
        for unit in self.filtered(lambda unit: unit.status in ("stopped", "lost")):
            unit._come_back()
            unit.message_post(body=self.env._("Reopened: calls are made again."))

    # the life cycle decides
    def _judgement(self):
        """Return the ``rules.lost.Judgement`` of the unit as of its branch's day."""
        self.ensure_one()
        return lost.judge(
            [
                lost.Service(visit.date, Place(visit.place), visit.id)
                for visit in self.visit_ids
                if visit.id
            ],
            self._coupon_period_end(),
            self.branch_id._today(),
            self.schedule_id.lost_without_visit,
        )

    def _coupon_period_end(self):
        """Return the last valid day of the unit's last coupon, grace included."""
        self.ensure_one()
        ends = self._coupon_ends()[self]
        return max(ends.values(), default=self.purchase_date)

    def _judge(self):
        """Bring the standing in line with the visits, and say when to look again."""
        for unit in self.filtered(lambda unit: unit.status in JUDGED):
            judgement = unit._judgement()
            if judgement.standing == Standing.LOST and unit.status != "lost":
                unit._become_lost(
                    unit._reason_of(judgement.why), judgement.since, unit._evidence_text(judgement)
                )
            elif judgement.standing == Standing.AT_RISK and unit.status == "active":
                unit.status = "at_risk"
            elif judgement.standing == Standing.ACTIVE and unit._is_back():
                unit._come_back()
                unit.message_post(
                    body=self.env._("Back: serviced in the group again. Calls are made again.")
                )
            unit._schedule_next_look(judgement)

    def _is_back(self):
        """Return whether a service in the group speaks for a customer who was given up."""
        self.ensure_one()
        if self.status == "at_risk":
            return True
        inside = [visit.date for visit in self.visit_ids if visit.place != Place.ELSEWHERE]
        return self.status == "lost" and bool(inside) and max(inside) >= self.lost_date

    def _schedule_next_look(self, judgement):
        waits = judgement.standing == Standing.AT_RISK or self.schedule_id.lost_without_visit
        day = self._coupon_period_end() + timedelta(days=1)
        ahead = waits and self.status != "lost" and day > self.branch_id._today()
        self.lifecycle_date = day if ahead else False

    def _become_lost(self, reason, since, note, by_hand=False):
        self.ensure_one()
        self.write(
            {
                "status": "lost",
                "lost_date": since,
                "lost_reason_id": reason.id,
                "lost_note": note or False,
                "lost_by_hand": by_hand,
                "lifecycle_date": False,
            }
        )
        still_open = self.sudo().followup_ids.filtered(  # sudo: also calls of other branches
            lambda call: call.state in OPEN_STATES
        )
        still_open._close(State.CANCELLED, Result.LOST, note=reason.name)

    def _come_back(self):
        """Make the unit active again, where the calendar says."""
        self.ensure_one()
        self.write(
            {
                "status": "active",
                "lost_date": False,
                "lost_reason_id": False,
                "lost_note": False,
                "lost_by_hand": False,
            }
        )
        self._point_to_next_call(cut_off=self.branch_id._today())

    def _reason_of(self, why):
        name = "elsewhere" if why == Why.ELSEWHERE else "no_visit"
        return self.env.ref(f"daya_kpb_followup.kpb_lost_reason_{name}")

    def _evidence_text(self, judgement):
        visits = self.env["kpb.visit"].browse([service.key for service in judgement.evidence])
        return "; ".join(
            f"{visit.date} {visit.dealer_name} ({visit.create_uid.name})" for visit in visits
        )

    @api.model
    def _lifecycle_domain(self, as_of):
        """Return the domain of units at which the life cycle has to look.

        :param date as_of: the latest local day among the branches
        """
        return Domain("lifecycle_date", "<=", as_of)

    @api.model
    def _look_again_at_units_of(self, schedules):
        """Let the life cycle look again at every unit that is still followed under schedules."""
        self.flush_model(["lifecycle_date", "schedule_id", "status"])
        self.env.cr.execute(
            """
            UPDATE kpb_purchase SET lifecycle_date = purchase_date
             WHERE schedule_id = ANY(%s) AND status IN ('active', 'at_risk')
            """,
            [schedules.ids],
        )
        self.invalidate_model(["lifecycle_date"])
