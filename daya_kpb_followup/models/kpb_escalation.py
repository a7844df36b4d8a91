from functools import cache, partial

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..rules.assignment import KACAB
from ..rules.escalation import Answer, Side, Skip, Stop, next_raise
from .kpb_quiet import QUIET

#: Roles that answer for their own branch only; the others are looked for upwards.
BRANCH_ROLES = (KACAB, "kabeng")


class KpbEscalation(models.Model):
    """One station of one follow-up's way up: asked whom, until when, answered what (S5).

    Raised once per (follow-up, rule, station). While it is open its addressee may read the one
    follow-up it is about, also from another branch; with the answer that grant ends.
    """

    _name = "kpb.escalation"
    _description = "Escalation"
    _inherit = [
        "kpb.quiet",
        "mail.tracking.duration.mixin",
        "kpb.entrusted",
        "kpb.parkable",
    ]
    _track_duration_field = "level_id"
    _order = "due_on, id"
    _mail_post_access = "read"

    followup_id = fields.Many2one(
        "kpb.followup", required=True, readonly=True, index=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(
        "kpb.escalation.rule", required=True, readonly=True, ondelete="restrict"
    )
    level_id = fields.Many2one(
        "kpb.escalation.level",
        "Station",
        required=True,
        readonly=True,
        ondelete="restrict",
        tracking=True,
    )
    user_id = fields.Many2one("res.users", "Asked", readonly=True, index=True)
    branch_id = fields.Many2one(
        "kpb.branch", "Branch of the Unit", readonly=True, index=True, ondelete="restrict"
    )
    raised_on = fields.Date(required=True, readonly=True)
    due_on = fields.Date("Answer Until", required=True, readonly=True)
    state = fields.Selection(
        [
            (Answer.OPEN.value, "Open"),
            (Answer.RESOLVED.value, "Solved"),
            (Answer.PASSED_ON.value, "Passed On"),
            (Answer.SILENT.value, "No Answer"),
            (Answer.CONCLUDED.value, "Concluded"),
        ],
        required=True,
        readonly=True,
        default=Answer.OPEN.value,
        tracking=True,
    )
    answer = fields.Text(readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    answered_at = fields.Datetime(readonly=True)
    skipped_note = fields.Char("Passed Over", readonly=True)
    _once = models.UniqueIndex(
        "(followup_id, rule_id, level_id)", "This station has been raised for this call already."
    )
    _open_due = models.Index("(due_on) WHERE state = 'open'")

    @api.depends("level_id", "followup_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for escalation in self:
            followup = escalation.followup_id.sudo()  # sudo: the addressee knows what it is about
            escalation.display_name = (
                f"{escalation.level_id.role_id.name} · {followup.display_name}"
            )

    # the conversation
    def reply(self, text, resolved):
        """Answer an escalation (S5).

        :param str text: what was done, or why it could not be solved
        :param bool resolved: True closes the chain and tells the caller; False raises the next
            station, or concludes the chain at its last one
        :return: True
        :raises AccessError: for anybody but the addressee, or a manager of the unit's branch
        :raises UserError: without a text, or when it is answered already
        """
        self.ensure_one()
        self.check_access("read")
        self._check_addressee()
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Reply: write what was done, or why it cannot be solved."))
        escalation = self.sudo()  # sudo: the addressee of a sister branch owns nothing here
        if not escalation.try_lock_for_update(allow_referencing=True):
            raise UserError(self.env._("A colleague is answering this right now. Look again."))
        escalation.invalidate_recordset(["state", "answer"])
        if escalation.state != Answer.OPEN:
            raise UserError(
                self.env._(
                    "%(escalation)s is answered already: %(answer)s",
                    escalation=escalation.display_name,
                    answer=escalation.answer,
                )
            )
        escalation._answer(Answer.RESOLVED if resolved else Answer.PASSED_ON, text, self.env.user)
        return True

    def _is_addressed_to(self, user):
        """Return whether a person may answer: the addressee, or a manager of the unit's branch."""
        manager = user.has_group("daya_kpb_followup.kpb_group_manager")
        branch = self.branch_id.sudo()  # sudo: who may see a branch is not for everybody to read
        return user == self.user_id or (manager and user in branch.access_user_ids)

    def _check_addressee(self):
        if not self._is_addressed_to(self.env.user):
            raise AccessError(
                self.env._(
                    "Only %s, or a manager of the unit's branch, can answer this.",
                    self.user_id.name,
                )
            )

    def _answer(self, answer, text, user):
        """Close a station and go on: tell the caller, or ask the next one."""
        self.ensure_one()
        decision = self._decide(self.rule_id, self.followup_id, assume={self.level_id.id: answer})
        last = answer != Answer.RESOLVED and decision.stop is not None
        self.write(
            {
                "state": (Answer.CONCLUDED if last else answer).value,
                "answer": text,
                "answered_by_id": user.id,
                "answered_at": fields.Datetime.now(),
            }
        )
        self._own_activities().with_context(**QUIET).action_archive()
        if answer == Answer.RESOLVED or last:
            self._tell_caller()
        else:
            self._raise(self.rule_id, {self.followup_id: decision})

    def _tell_caller(self):
        """Tell the caller how the chain ended, on the call and in his inbox.

        Who answers for a sister branch does not become a follower of the call by it.
        """
        followup = self.followup_id
        caller = (followup.user_id or followup.purchase_id.salesperson_id).filtered("active")
        told = self.with_context(lang=caller.lang)
        states = dict(told._fields["state"]._description_selection(told.env))
        followup.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=told.env._(
                "%(state)s · %(station)s, %(person)s: %(answer)s",
                state=states[self.state],
                station=told.level_id.display_name,
                person=self.answered_by_id.name or self.user_id.name,
                answer=self.answer,
            ),
            partner_ids=(caller - self.answered_by_id).partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )

    # the way up
    @api.model
    def _decide(self, rule, followup, assume=None):
        """Return the ``rules.escalation.Decision`` for a follow-up under a rule.

        :param dict assume: level id → answer that is about to be written
        """
        raised = followup.escalation_ids.filtered(lambda line: line.rule_id == rule)
        answers = {line.level_id.id: Answer(line.state) for line in raised} | (assume or {})
        chain = tuple(level._as_rule() for level in rule.level_ids)
        last = raised.sorted("id")[-1:]
        return next_raise(
            chain, answers, lambda station: self._who(station, followup), last.user_id.id or None
        )

    @api.model
    def _who(self, station, followup):
        """Return the id of the person who fills a station for a follow-up, or None."""
        return min(self._fillers(station, followup), default=None)

    @api.model
    def _fillers(self, station, followup):
        """Return the ids of all who fill a station for a follow-up, in the nearest branch."""
        branch = followup.branch_id
        if station.side == Side.SISTER:
            branch = followup.visit_id.branch_id
        if not branch or (station.side == Side.SISTER and branch == followup.branch_id):
            return []
        lineage = branch._lineage()
        if station.role in BRANCH_ROLES and branch.active:
            lineage = branch
        for place in lineage:
            users = place.member_ids.filtered(
                lambda line: line.role_id.code == station.role and line._is_available()
            ).user_id
            if users:
                return users.ids
        return []

    @api.model
    def _raise(self, rule, decisions):
        """Raise the stations that decisions name, each with an activity for its addressee.

        :param dict decisions: follow-up → ``rules.escalation.Decision`` with a station
        """
        days = cache(
            lambda branch, ahead: (
                branch._today(),
                branch._working_days_ahead(branch._today(), ahead),
            )
        )
        levels = {level.id: level for level in rule.level_ids}
        vals_list = []
        for followup, decision in decisions.items():
            level = levels[decision.station.key]
            raised_on, due_on = days(followup.branch_id, level.answer_days)
            vals_list.append(
                {
                    "followup_id": followup.id,
                    "rule_id": rule.id,
                    "level_id": level.id,
                    "user_id": decision.user,
                    "branch_id": followup.branch_id.id,
                    "raised_on": raised_on,
                    "due_on": due_on,
                    "skipped_note": self._skip_text(decision) or False,
                }
            )
        self.with_context(**QUIET).create(vals_list)._create_activities()

    def _create_activities(self):
        """Put escalations on their addressees' lists, in their language; nobody gets a mail."""
        kind = self.env.ref("daya_kpb_followup.mail_activity_type_escalation")
        for lang, escalations in self.grouped(lambda line: line.user_id.lang).items():
            spoken = escalations.with_context(lang=lang or "en_US")
            self.env["kpb.activity.batch"]._create(
                spoken,
                [
                    {
                        "activity_type_id": kind.id,
                        "automated": True,
                        "date_deadline": line.due_on,
                        "summary": f"{line.rule_id.name}: {line.followup_id.display_name}",
                        "user_id": line.user_id.id,
                    }
                    for line in spoken
                ],
            )

    @api.model
    def _skip_text(self, decision):
        reasons = {
            Skip.EMPTY: self.env._("nobody fills it"),
            Skip.JUST_ASKED: self.env._("the same person was just asked"),
        }
        levels = self.env["kpb.escalation.level"]
        return "; ".join(
            f"{levels.browse(station.key).display_name}: {reasons[why]}"
            for station, why in decision.skipped
        )

    @api.model
    def _why_not(self, decision):
        """Return in words why nothing is raised."""
        reasons = {
            Stop.NOBODY: self.env._("nobody left to ask"),
            Stop.WAITING: self.env._("waiting for an answer"),
            Stop.RESOLVED: self.env._("solved"),
            Stop.FINISHED: self.env._("finished"),
        }
        skipped = self._skip_text(decision)
        return f"{reasons[decision.stop]} ({skipped})" if skipped else reasons[decision.stop]

    @api.model
    def _open_domain(self):
        """Return the domain of escalations that wait for an answer."""
        return Domain("state", "=", Answer.OPEN.value)

    @api.model
    def _cron_escalate(self):
        """Scheduled action: raise what is new, and what nobody answered in time."""
        if self.env["kpb.job"]._may_run():
            self._escalate()

    @api.model
    def _escalate(self):
        """End what came right; raise what is new, what had nobody, what nobody answered in time."""
        job = self.env["kpb.job"]
        job._require_indexes("kpb_escalation_once")
        rules = self.env["kpb.escalation.rule"].search([])
        job._each(
            self._settle,
            self._forget_stops,
            *(partial(self._raise_new, rule) for rule in rules),
            self._raise_silent,
        )

    @api.model
    def _raise_new(self, rule):
        self.env["kpb.job"]._work_off(
            self.env["kpb.followup"],
            rule._applies_domain() & rule._unraised_domain(),
            partial(self._start, rule),
            "deadline, id",
        )

    @api.model
    def _raise_silent(self):
        silent = self._open_domain() & Domain("id", "in", self._silent().ids)
        self.env["kpb.job"]._work_off(self, silent, lambda lines: lines._go_silent())

    @api.model
    def _start(self, rule, followups):
        decisions = {followup: self._decide(rule, followup) for followup in followups}
        asked = {call: decision for call, decision in decisions.items() if decision.station}
        self._raise(rule, asked)
        stopped = followups.filtered(lambda call: call not in asked)
        stopped.stopped_rule_ids = [Command.link(rule.id)]

    @api.model
    def _silent(self):
        """Return the open escalations whose last day is over by the clock of their branch."""
        # sudo: the clock of a branch, for questions that have rules of their own
        branches = self.env["kpb.branch"].sudo()
        return self.search(
            self._open_domain() & branches._passed_domain("due_on", branches._todays())
        )

    def _go_silent(self):
        for line in self:
            spoken = line.with_context(lang=line.user_id.lang or self.env.lang).env
            text = spoken._("No answer until %s.", format_date(spoken, line.due_on))
            line._answer(Answer.SILENT, text, self.env["res.users"])
