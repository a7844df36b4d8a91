from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from ..rules.call_buttons import buttons
from ..rules.identity import IdentityRefused
from ..rules.outcomes import OPEN_STATES, State
from ..rules.schedule import Kind

#: So many attempts of the unit's calls stand on the screen, the latest first.
SHOWN_ATTEMPTS = 8


class KpbFollowup(models.Model):
    """The call's screen: everything a caller needs in one answer, and the next call (P6).

    The screen decides nothing. It shows what this model tells, and logs through ``log_attempt``
    and ``validate_customer`` like everybody else.
    """

    _inherit = "kpb.followup"

    # actions
    def action_call(self):
        """Open the call's screen."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "kpb_call",
            "name": self.display_name,
            "params": {"followup_id": self.id},
        }

    @api.model
    def action_call_first(self):
        """Open the first call of my list, or say that there is none."""
        first = self._due_calls(self.env.user)[:1]
        if first:
            return first.action_call()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": self.env._("No call is waiting for you today.")},
        }

    # what the screen asks for
    def call_sheet(self):
        """Return what the call's screen shows, texts in the reader's language.

        :return: dict with the groups ``who``, ``when``, ``items``, ``attempts``, ``buttons``
        :raises AccessError: the call is not the reader's to see
        """
        self.ensure_one()
        self.check_access("read")
        is_open = self.state in OPEN_STATES
        refusal = self._contact_refusal()
        return {
            "id": self.id,
            "name": self.display_name,
            "state": self.state,
            "open": is_open,
            "closed": False if is_open else self._closed_words(),
            "refusal": refusal or False,
            "purchase_id": self.purchase_id.id,
            "who": self._call_who(refusal),
            "when": self._call_when(),
            "script": self.script or "",
            "items": self.purchase_id._item_lines(),
            "attempts": self._call_attempts(),
            # sudo: what others have logged counts, whoever may read it
            "seen": len(self.sudo().attempt_ids),
            "can_undo": self.can_undo,
            "buttons": self._call_buttons() if is_open else [],
            "call_back_days": self._call_back_days() if is_open else [],
        }

    def appointment_days(self, day=None):
        """Return the days that can be offered for an appointment, with places and times.

        :param day: one day (text); without it the next five working days and the weekends between
        :return: list of dicts, see ``kpb.branch._bookable_day``
        :raises UserError: not a date
        """
        self.ensure_one()
        self.check_access("read")
        if not day:
            return self.branch_id._bookable_days(self)
        try:
            return [self.branch_id._bookable_day(fields.Date.to_date(day), self)]
        except (TypeError, ValueError):
            raise UserError(
                self.env._("“%s” is not a date. Write it as 2026-12-31.", day)
            ) from None

    def call_next(self, skip_ids):
        """Return what the result just logged has led to, and the next call of the same list.

        :param list skip_ids: follow-ups that were on the screen already
        :return: dict: ``told`` the sentence, ``can_undo``, ``next_id`` or false
        """
        self.ensure_one()
        self.check_access("read")
        owner = self.user_id or self.env.user
        waiting = self._due_calls(owner).filtered(lambda call: call.id not in {*skip_ids, self.id})
        return {
            "told": self._told(),
            "can_undo": self.can_undo,
            "next_id": waiting[:1].id,
            "left": len(waiting),
        }

    # what is on it
    @api.model
    def _due_calls(self, owner):
        """Return the open calls of a person that are due, in the order of his list."""
        due = self.search(
            self._open_domain()
            & Domain("user_id", "=", owner.id)
            & Domain("deadline", "<=", fields.Date.today() + timedelta(days=1))
        )
        today = {branch: branch._today() for branch in due.branch_id}
        return due.filtered(lambda call: call.deadline <= today[call.branch_id])

    def _call_who(self, refusal):
        partner, phone, whatsapp = self.partner_id, None, False
        try:
            phone = self._customer_phone()
            whatsapp = bool(phone.whatsapp_number()) and not refusal
        except IdentityRefused as refused:
            hint = self.env["kpb.identity.text"]._sentence(refused)
        return {
            "partner_id": partner.id,
            "partner": partner.name,
            "phone": phone.display() if phone else partner.phone or "",
            "tel": phone.e164 if phone and not refusal else False,
            "phone_hint": False if phone else hint,
            "whatsapp_url": self._whatsapp_url() if whatsapp else False,
            "email": bool(partner.email) and not refusal,
            "sms": self._can_sms() and bool(phone) and not refusal,
            "unit": self.product_id.name or "",
            "plate": self.license_plate or "",
            "branch": self.branch_id.name,
        }

    def _call_when(self):
        appointment = self.state == State.APPOINTMENT and self.appointment_at
        return {
            "today": fields.Date.to_string(self.branch_id._today()),
            "planned": format_date(self.env, self.planned_date),
            "deadline": format_date(self.env, self.deadline),
            "overdue": self.days_overdue,
            "tries": self.tries,
            "no_shows": self.no_show_count,
            "coupon_end": format_date(self.env, self.coupon_end) if self.coupon_end else False,
            "coupon_nominal_end": self.coupon_nominal_end
            and format_date(self.env, self.coupon_nominal_end),
            "coupon_days_left": self.coupon_days_left,
            "appointment": self._moment_words(appointment) if appointment else False,
            "appointment_day": self._local_day(appointment),
            "appointment_time": appointment and self._local_time(appointment),
            "confirmed": self.appointment_confirmed,
            "weekend_reason": self.weekend_reason or "",
        }

    def _moment_words(self, moment):
        return format_datetime(
            self.env, moment, tz=self.branch_id.tz, dt_format="EEEE d MMMM, HH:mm"
        )

    def _local_day(self, moment):
        return moment and fields.Date.to_string(self.branch_id._local(moment).date())

    def _local_time(self, moment):
        return self.branch_id._local(moment).strftime("%H:%M")

    def _closed_words(self):
        results = dict(self._fields["result"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "This call is closed: %s.", results.get(self.result) or states[self.state]
        )

    def _call_attempts(self):
        """Return the latest attempts about the unit, this call's and earlier ones."""
        attempts = self.env["kpb.attempt"].search(
            [("followup_id.purchase_id", "=", self.purchase_id.id)], limit=SHOWN_ATTEMPTS
        )
        outcomes = dict(attempts._fields["outcome"]._description_selection(self.env))
        channels = dict(attempts._fields["channel"]._description_selection(self.env))
        return [
            {
                "id": attempt.id,
                "when": format_datetime(
                    self.env, attempt.date, tz=self.branch_id.tz, dt_format="d MMM HH:mm"
                ),
                "step": attempt.followup_id.step if attempt.followup_id != self else False,
                "said": outcomes.get(attempt.outcome, False),
                "channel": channels[attempt.channel],
                "icon": attempt.channel,
                "note": attempt.note or "",
                "by": attempt.user_id.name,
                "undone": attempt.undone,
            }
            for attempt in attempts
            if not attempt.undoes_id
        ]

    def _call_buttons(self):
        names = dict(self.env["kpb.attempt"]._fields["outcome"]._description_selection(self.env))
        groups = {"served": self.env._("Already serviced"), "more": self.env._("More")}
        return [
            {
                "name": button.name,
                "label": groups.get(button.name) or names[button.name],
                "outcomes": [
                    {"value": outcome.value, "label": names[outcome.value]}
                    for outcome in button.outcomes
                ],
            }
            for button in buttons(Kind(self.milestone_id.kind), State(self.state))
        ]

    def _call_back_days(self):
        """Return the days that are offered for calling back: the next two, and Monday."""
        branch = self.branch_id
        today = branch._today()
        monday = today + timedelta(days=7 - today.weekday())
        days = {
            branch._working_days_ahead(today, 1),
            branch._working_days_ahead(today, 2),
            branch._working_day(monday),
        }
        return [
            {"date": fields.Date.to_string(day), "label": branch._day_words(day)}
            for day in sorted(days)
        ]

    def _told(self):
        """Return in one sentence what was logged last and what comes next."""
        last = self._last_attempt()
        outcomes = dict(last._fields["outcome"]._description_selection(self.env))
        said = outcomes.get(last.outcome, "")
        if self.state not in OPEN_STATES:
            return self.env._("%(who)s: %(said)s.", who=self.partner_id.name, said=said)
        if self.state == State.APPOINTMENT:
            return self.env._(
                "%(who)s: %(said)s, appointment %(when)s.",
                who=self.partner_id.name,
                said=said,
                when=self._moment_words(self.appointment_at),
            )
        return self.env._(
            "%(who)s: %(said)s, call again %(when)s.",
            who=self.partner_id.name,
            said=said,
            when=format_date(self.env, self.deadline, date_format="EEEE d MMMM"),
        )
