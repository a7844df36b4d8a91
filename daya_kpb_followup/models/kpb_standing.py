from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..rules import lost
from ..rules.lost import Standing, Why
from ..rules.outcomes import OPEN_STATES, Place, Result, State
from .kpb_next_call import CALLED_STATUSES

#: Standings from which a person can take a unit back.
GIVEN_UP = ("lost", "stopped")
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
        compute="_compute_evidence_ids",
        help="Services outside the group with none inside since.",
    )
    pardoned_date = fields.Date(
        "Taken Back On",
        readonly=True,
        copy=False,
        help="What spoke against the customer until then counts no more.",
    )
    evidence_text = fields.Char(
        "Evidence in Words", compute="_compute_evidence_ids", help="Date, dealer, who said so."
    )
    lifecycle_date = fields.Date(readonly=True, copy=False)

    _lifecycle = models.Index("(lifecycle_date) WHERE lifecycle_date IS NOT NULL")
    _leaving = models.Index("(status, lost_date) WHERE status IN ('lost', 'at_risk')")

    @api.depends("visit_ids.date", "visit_ids.place", "pardoned_date")
    @api.depends_context("lang")
    def _compute_evidence_ids(self):
        for unit in self:
            judged = unit.purchase_date and unit.branch_id and unit._origin
            judgement = unit._judgement() if judged else lost.Judgement(Standing.ACTIVE)
            unit.evidence_ids = [Command.set([service.key for service in judgement.evidence])]
            unit.evidence_text = unit._evidence_text(judgement)

    # people decide
    def action_set_lost(self, reason_id, note=None):
        """Set LOST by hand (decision 6).

        :param int reason_id: id of a ``kpb.lost.reason``
        :param str note: in words
        :raises UserError: without a reason, or when the unit is LOST or stopped already
        """
        self.check_access("write")
        self = self.sudo()  # sudo: the standing is the engine's, people change it here only
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
        """Take a stopped or LOST unit back into the calls the calendar still has for it.

        :raises UserError: when the unit is neither
        """
        self.check_access("write")
        for unit in self.sudo():  # sudo: the standing is the engine's
            if unit.status not in GIVEN_UP:
                raise UserError(
                    self.env._(
                        "%(unit)s is neither stopped nor LOST: there is nothing to reopen.",
                        unit=unit.display_name,
                    )
                )
            unit.pardoned_date = unit.branch_id._today()
            unit._come_back(ask_again=True)
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
            self.pardoned_date or None,
        )

    def _coupon_period_end(self):
        """Return the last valid day of the unit's last coupon, grace included."""
        self.ensure_one()
        ends = self._coupon_ends()[self]
        return max(ends.values(), default=self.purchase_date)

    def _judge(self, news=None):
        """Bring the standing in line with the visits, and say when to look again.

        :param news: the ``kpb.visit`` records that were just added, if any
        """
        for unit in self.filtered(lambda unit: unit.status in JUDGED):
            judgement = unit._judgement()
            if judgement.standing == Standing.LOST and unit.status != "lost":
                unit._become_lost(
                    unit._reason_of(judgement.why), judgement.since, unit._evidence_text(judgement)
                )
            elif judgement.standing == Standing.LOST and unit._is_lost_by_visits():
                unit._correct_evidence(judgement)
            elif judgement.standing == Standing.AT_RISK and unit.status == "active":
                unit.status = "at_risk"
            elif judgement.standing == Standing.ACTIVE and unit._is_back(news):
                was_lost = unit.status == "lost"
                unit._come_back()
                unit.message_post(body=unit._back_text(was_lost, news))
            elif judgement.standing == Standing.AT_RISK and unit._is_lost_by_visits():
                unit._come_back()
                unit.status = "at_risk"
            unit._schedule_next_look(judgement)

    def _is_lost_by_visits(self):
        self.ensure_one()
        return self.status == "lost" and not self.lost_by_hand

    def _is_back(self, news):
        """Return whether a customer is back against whom no visit speaks any more.

        What a person decided holds until a service in the group is recorded that came after it.
        """
        self.ensure_one()
        if self.status == "at_risk" or self._is_lost_by_visits():
            return True
        return self.status == "lost" and any(
            visit.date >= self.lost_date for visit in self._inside(news)
        )

    def _inside(self, visits):
        """Return those of some visits in which the unit was serviced in the group."""
        return (visits or self.env["kpb.visit"]).filtered(
            lambda visit: visit.purchase_id.id == self.id and visit.place != Place.ELSEWHERE
        )

    def _back_text(self, was_lost, news):
        visit = self._inside(news)[:1]
        if not visit:
            return self.env._("Back: nothing on record speaks against the customer any more.")
        service = visit.with_context(lang=self.env.user.lang).display_name
        if was_lost:
            return self.env._(
                "Back: serviced in the group again (%s). Calls are made again.", service
            )
        return self.env._("No longer at risk: serviced in the group again (%s).", service)

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

    def _correct_evidence(self, judgement):
        """Keep reason, date and evidence of LOST in line with visits that were corrected."""
        self.ensure_one()
        vals = {
            "lost_date": judgement.since,
            "lost_note": self._evidence_text(judgement) or False,
            "lost_reason_id": self._reason_of(judgement.why).id,
        }
        present = (self.lost_date, self.lost_note, self.lost_reason_id.id)
        if present != tuple(vals.values()):
            self.write(vals)

    def _come_back(self, ask_again=False):
        """Make the unit active again, where the calendar says.

        :param bool ask_again: whether an offer that was turned down is made again
        """
        self.ensure_one()
        was_silent = self.status not in CALLED_STATUSES
        if was_silent:
            self.calls_from = self.branch_id._today()
        self.write(
            {
                "status": "active",
                "lost_date": False,
                "lost_reason_id": False,
                "lost_note": False,
                "lost_by_hand": False,
            }
        )
        if was_silent:
            self.followup_ids._return(ask_again)

    def _reason_of(self, why):
        name = "elsewhere" if why == Why.ELSEWHERE else "no_visit"
        return self.env.ref(f"daya_kpb_followup.kpb_lost_reason_{name}")

    def _evidence_text(self, judgement):
        visits = self.env["kpb.visit"].browse([service.key for service in judgement.evidence])
        return "; ".join(
            f"{format_date(self.env, visit.date)} {visit.dealer_name} ({visit.create_uid.name})"
            for visit in visits
        )

    @api.model
    def _lifecycle_domain(self, as_of_by_branch):
        """Return the domain of units at which the life cycle has to look.

        :param dict as_of_by_branch: ``kpb.branch`` record → its local day
        """
        return self.env["kpb.branch"]._reached_domain("lifecycle_date", as_of_by_branch)

    @api.model
    def _look_again_at_waiting_units(self):
        """Let the life cycle count anew when the coupons of units end, after figures changed."""
        self.flush_model(["lifecycle_date"])
        self.env.cr.execute(
            "UPDATE kpb_purchase SET lifecycle_date = purchase_date"
            " WHERE lifecycle_date IS NOT NULL"
        )
        self.invalidate_model(["lifecycle_date"])
        self._look_again_at_units_of(
            self.env["kpb.schedule"].search([]).filtered(lambda line: line._has_options())
        )

    @api.model
    def _look_again_at_units_of(self, schedules):
        """Let the life cycle look again at every unit under schedules that no person decided."""
        self.flush_model(["lifecycle_date", "lost_by_hand", "schedule_id", "status"])
        self.env.cr.execute(
            """
            UPDATE kpb_purchase SET lifecycle_date = purchase_date
             WHERE schedule_id = ANY(%s)
               AND (status IN ('active', 'at_risk') OR status = 'lost' AND NOT lost_by_hand)
            """,
            [schedules.ids],
        )
        self.invalidate_model(["lifecycle_date"])
