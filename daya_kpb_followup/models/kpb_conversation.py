from datetime import datetime, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from ..rules import outcomes
from ..rules.outcomes import (
    OPEN_STATES,
    PLACE_OF_OUTCOME,
    Channel,
    Need,
    Outcome,
    OutcomeRefused,
    RefusalCode,
    Result,
    State,
    Trigger,
)
from ..rules.schedule import Kind

SATURDAY = 5


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
        # sudo: attempts are written by this method only, whoever calls
        attempt = (
            self.env["kpb.attempt"]
            .sudo()
            .create(
                {
                    "followup_id": self.id,
                    "user_id": self.env.uid,
                    "channel": channel.value,
                    "outcome": outcome.value,
                    "note": note or False,
                    "unsuccessful": transition.unsuccessful,
                }
            )
        )
        self.sudo()._apply(transition, outcome, details, note)  # sudo: engine fields are readonly
        return attempt.sudo(False)

    def _log_without_outcome(self, note):
        """Record that somebody ticked the call off without an outcome: call again.

        :param str note: the feedback, if any
        """
        next_day = self.branch_id._working_day(self.branch_id._today() + timedelta(days=1))
        return self.log_attempt(Outcome.CALL_BACK, note=note, call_back_on=next_day)

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
        """Hold the follow-up, so that two people cannot answer it at the same time."""
        if not self.sudo().try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._("A colleague is logging a result for this call right now. Look again.")
            )
        self.invalidate_recordset()

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
        last = self.sudo().attempt_ids[:1]
        if refused.code == RefusalCode.CLOSED and last:
            return self.env._(
                "%(call)s is closed: %(person)s logged “%(last)s”.",
                call=self.display_name,
                person=last.user_id.name,
                last=last.display_name,
            )
        if refused.code == RefusalCode.CLOSED:
            return self.env._("%s is closed already.", self.display_name)
        names = dict(self.env["kpb.attempt"]._fields["outcome"]._description_selection(self.env))
        fitting = outcomes.fitting(Kind(self.milestone_id.kind), State(self.state))
        return self.env._(
            "“%(outcome)s” does not fit %(call)s. Choose one of: %(fitting)s.",
            outcome=names[outcome.value],
            call=self.display_name,
            fitting=", ".join(names[item.value] for item in fitting),
        )

    def _checked_details(self, transition, appointment_at, weekend_reason, call_back_on):
        """Return the checked values of what the outcome needs, as ``{field: value}``."""
        details = {}
        if Need.APPOINTMENT in transition.needs:
            details |= self._checked_appointment(appointment_at, weekend_reason)
        if Need.CALL_BACK_DAY in transition.needs:
            details["call_back_on"] = self._checked_call_back(call_back_on)
        if Need.FIVE_ITEMS in transition.needs:
            self.purchase_id._require_five_items()
        return details

    def _checked_appointment(self, appointment_at, weekend_reason):
        if not appointment_at:
            raise UserError(self.env._("Appointment: enter the day and time the customer agreed."))
        moment = self._as_utc(appointment_at)
        branch = self.branch_id
        if moment < fields.Datetime.now():
            raise UserError(
                self.env._(
                    "Appointment: %s has passed. Enter a day and time to come.",
                    format_datetime(self.env, moment, tz=branch.tz),
                )
            )
        reason = (weekend_reason or "").strip()
        local = branch._local(moment)
        if local.weekday() >= SATURDAY and not reason:
            raise UserError(
                self.env._(
                    "Appointment: %s is in the weekend. Choose a day from Monday to Friday, or"
                    " write why the customer truly cannot come then.",
                    format_date(self.env, local.date(), date_format="EEEE d MMMM y"),
                )
            )
        branch._check_capacity(moment, self)
        return {
            "appointment_at": moment,
            "weekend_reason": reason if local.weekday() >= SATURDAY else False,
        }

    def _as_utc(self, value):
        try:
            moment = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
            if moment.tzinfo:
                moment = (moment - moment.utcoffset()).replace(tzinfo=None)
        except (AttributeError, ValueError):
            raise UserError(
                self.env._(
                    "Appointment: “%s” is not a date and time. Write it as 2026-12-31 09:30:00"
                    " (UTC), or with its offset as 2026-12-31T16:30:00+07:00.",
                    value,
                )
            ) from None
        return moment

    def _checked_call_back(self, call_back_on):
        if not call_back_on:
            raise UserError(self.env._("Call back on: enter the day the customer agreed."))
        try:
            day = fields.Date.to_date(call_back_on)
        except ValueError:
            raise UserError(
                self.env._(
                    "Call back on: “%s” is not a date. Write it as 2026-12-31.", call_back_on
                )
            ) from None
        if day < self.branch_id._today():
            raise UserError(
                self.env._(
                    "Call back on: %s has passed. Enter today or a day to come.",
                    format_date(self.env, day),
                )
            )
        return day

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
                purchase._assign_task(
                    "mail_activity_type_data_correction", "sales_admin", self.display_name
                )
            case Trigger.STNK_COLLECTED:
                purchase.stnk_state = "collected"
            case Trigger.STNK_CHASE:
                purchase._chase_stnk(self.display_name)
            case Trigger.DO_NOT_CONTACT:
                purchase.partner_id._stop_contact(note)
            case Trigger.UNIT_SOLD:
                purchase._stop(Result.UNIT_SOLD, note)
            case Trigger.STOP:
                purchase._stop(Result.NOT_INTERESTED, note, besides=self)
            case Trigger.OPPORTUNITY:
                purchase._open_opportunity(note)
