from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ..rules import outcomes
from ..rules.outcomes import (
    OPEN_STATES,
    PLACE_OF_OUTCOME,
    Channel,
    Outcome,
    OutcomeRefused,
    RefusalCode,
    Result,
    State,
    Trigger,
)
from ..rules.schedule import Kind


class KpbConversation(models.AbstractModel):
    """What becomes of a follow-up after the customer said something, or nothing (P6, S4).

    ``rules.outcomes`` decides; this part checks what has to come with an outcome, writes the
    attempt, and sets off what the outcome triggers, all in one transaction.
    """

    _name = "kpb.conversation"
    _description = "Outcome of a Call"

    def log_attempt(
        self,
        outcome,
        channel="phone",
        note=None,
        appointment_at=None,
        weekend_reason=None,
        call_back_on=None,
    ):
        """Record one try to reach the customer and do what its outcome asks for (P6).

        :param str outcome: one of ``rules.outcomes.Outcome``
        :param str channel: one of ``rules.outcomes.Channel``
        :param str note: what else the customer said
        :param appointment_at: for ``will_come``: when, UTC (datetime, or text as Odoo writes it,
            or ISO 8601 with its offset)
        :param str weekend_reason: why Monday to Friday is truly impossible; asked for when the
            appointment lies on a Saturday or Sunday of the branch (S4)
        :param call_back_on: for ``call_back``: the agreed day (date or text)
        :return: the new ``kpb.attempt``
        :raises UserError: the outcome does not fit, the follow-up is closed, something is missing
        :raises AccessError: the follow-up is not the user's to write
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_for_outcome()
        outcome = self._known(Outcome, outcome, self.env._("Outcome"))
        channel = self._known(Channel, channel, self.env._("Channel"))
        transition = self._decide(outcome)
        details = self._checked_details(transition, appointment_at, weekend_reason, call_back_on)
        attempt = self._write_attempt(transition, outcome, channel, note, details)
        self.sudo()._apply(transition, outcome, details, note)  # sudo: engine fields are readonly
        return attempt

    def _log_without_outcome(self, note):
        """Record that somebody ticked the call off without an outcome: it comes back.

        :param str note: the feedback, if any
        """
        self._lock_for_outcome()
        if self.state in OPEN_STATES:
            transition = outcomes.unsaid(State(self.state))
            self._write_attempt(transition, None, Channel.PHONE, note)
            self.sudo()._try_again(transition, {})  # sudo: engine fields are readonly

    def _write_attempt(self, transition, outcome, channel, note, details=None):
        self_sudo = self.sudo()  # sudo: attempts are written by this model only, whoever calls
        attempt = self_sudo.env["kpb.attempt"].create(
            {
                "followup_id": self.id,
                "user_id": self.env.uid,
                "channel": channel.value,
                "outcome": outcome.value if outcome else False,
                "note": note or False,
                "unsuccessful": transition.unsuccessful,
                "appointment_at": (details or {}).get("appointment_at", False),
                "way_back": self_sudo._way_back(transition),
            }
        )
        return self.env["kpb.attempt"].browse(attempt.id)

    # what is asked
    def _known(self, kind, value, label):
        try:
            return kind(value)
        except ValueError:
            raise UserError(
                self.env._(
                    "%(label)s: “%(value)s” is not known. Use one of: %(known)s.",
                    label=label,
                    value=value,
                    known=", ".join(kind),
                )
            ) from None

    def _lock_for_outcome(self):
        """Hold the follow-up, so that two people cannot answer it at the same time.

        Whoever passes in the context how many attempts stood before him (``kpb_seen_attempts``)
        is told what others have logged since.

        :raises UserError: somebody else is logging, or has logged, in the meantime
        """
        # sudo: a lock is no reading
        if not self.sudo().try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._("A colleague is logging a result for this call right now. Look again.")
            )
        self.invalidate_recordset()
        seen = self.env.context.get("kpb_seen_attempts")
        if seen is None:
            return
        # sudo: what is new counts, whoever may read it
        unseen = self.sudo().attempt_ids.sorted("id")[seen:]
        if unseen:
            raise UserError(
                self.env._(
                    "Meanwhile logged for %(call)s: %(news)s. Look again before you log a result.",
                    call=self.display_name,
                    news=", ".join(
                        f"{attempt.display_name} ({attempt.user_id.name})" for attempt in unseen
                    ),
                )
            )

    def _decide(self, outcome):
        milestone = self.milestone_id
        try:
            return outcomes.decide(
                Kind(milestone.kind),
                State(self.state),
                outcome,
                self.unsuccessful_count,
                milestone._outcome_policy(),
            )
        except OutcomeRefused as refused:
            raise UserError(self._refusal(refused, outcome)) from None

    def _refusal(self, refused, outcome):
        if refused.code == RefusalCode.CLOSED:
            results = dict(self._fields["result"]._description_selection(self.env))
            last = self.sudo().attempt_ids[:1]  # sudo: who has closed it is no secret
            return self.env._(
                "%(call)s is closed: %(result)s. Last logged: %(last)s.",
                call=self.display_name,
                result=results.get(self.result, self.state),
                last=f"{last.display_name} ({last.user_id.name})" if last else "-",
            )
        names = dict(self.env["kpb.attempt"]._fields["outcome"]._description_selection(self.env))
        fitting = outcomes.fitting(Kind(self.milestone_id.kind), State(self.state))
        return self.env._(
            "“%(outcome)s” does not fit %(call)s. Choose one of: %(fitting)s.",
            outcome=names[outcome.value],
            call=self.display_name,
            fitting=", ".join(names[item.value] for item in fitting),
        )

    # what happens
    def _apply(self, transition, outcome, details, note):
        for trigger in sorted(transition.triggers):
            self._set_off(trigger, outcome, note)
        if self.state not in OPEN_STATES:
            return  # what was set off has closed it, for example the visit
        if transition.state not in OPEN_STATES:
            self._close(transition.state, transition.result, note=note)
        elif transition.state == State.APPOINTMENT and details:
            self._make_appointment(**details)
        else:
            self._try_again(transition, details)

    def _make_appointment(self, appointment_at, weekend_reason):
        """Note the appointment; the next step is to confirm it on the working day before.

        Asked again for the time already agreed, on or after that day, it counts as confirmed.
        """
        branch = self.branch_id
        today = branch._today()
        day = branch._local(appointment_at).date()
        confirmation = branch._working_day_before(day)
        confirmed = self.appointment_at == appointment_at and today >= confirmation
        self.write(
            {
                "state": State.APPOINTMENT.value,
                "appointment_at": appointment_at,
                "weekend_reason": weekend_reason,
                "appointment_confirmed": confirmed,
                "deadline": day if confirmed or confirmation <= today else confirmation,
            }
        )
        self._project()

    def _try_again(self, transition, details):
        branch = self.branch_id
        today = branch._today()
        day = details.get("call_back_on") or branch._working_day(
            today + timedelta(days=transition.retry_days)
        )
        vals = {"state": transition.state.value, "deadline": day}
        if transition.state == State.APPOINTMENT:
            arrival = branch._local(self.appointment_at).date()
            vals["deadline"] = max(today, min(day, arrival))
        else:
            vals |= {
                "appointment_at": False,
                "weekend_reason": False,
                "appointment_confirmed": False,
            }
        self.write(vals)
        self._project()

    def _note_no_show(self):
        """Count a missed appointment and put the call back on its owner's list for today."""
        for followup in self:
            followup.write(
                {
                    "state": State.TODO.value,
                    "no_show_count": followup.no_show_count + 1,
                    "appointment_at": False,
                    "appointment_confirmed": False,
                    "weekend_reason": False,
                    "deadline": followup.branch_id._working_day(followup.branch_id._today()),
                }
            )
        self._project()

    def _project(self):
        """Bring the open follow-up's activity and calendar entry in line with it."""
        self._project_activities()
        self._project_event()

    def _set_off(self, trigger, outcome, note):
        purchase = self.purchase_id
        match trigger:
            case Trigger.VISIT:
                purchase._record_visit_by_word(self, PLACE_OF_OUTCOME[outcome], note)
            case Trigger.DATA_CORRECTION:
                purchase._assign_tasks(
                    "mail_activity_type_data_correction", "sales_admin", {purchase: self}
                )
            case Trigger.STNK_COLLECTED:
                purchase.stnk_state = "collected"
            case Trigger.STNK_CHASE:
                purchase._chase_stnk(self)
            case Trigger.DO_NOT_CONTACT:
                purchase.partner_id._stop_contact(note)
            case Trigger.UNIT_SOLD:
                purchase._stop(Result.UNIT_SOLD, note)
            case Trigger.STOP:
                purchase._stop(Result.NOT_INTERESTED, note, besides=self)
            case Trigger.OPPORTUNITY:
                purchase._open_opportunity(note)
