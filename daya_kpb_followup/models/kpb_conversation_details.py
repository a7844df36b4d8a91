from contextlib import suppress
from datetime import MAXYEAR, UTC, datetime, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from ..rules.outcomes import MAX_DAYS_AHEAD, Need

SATURDAY = 5


class KpbConversation(models.AbstractModel):
    """What has to come with an outcome: the agreed time, the reason, the day, the data (S4, P9)."""

    _inherit = "kpb.conversation"

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
        self._refuse_past_and_far(
            moment < fields.Datetime.now(),
            moment > fields.Datetime.now() + timedelta(days=MAX_DAYS_AHEAD),
            self.env._("Appointment"),
            format_datetime(self.env, moment, tz=branch.tz),
        )
        reason = str(weekend_reason or "").strip()
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
        """Return naive UTC for a datetime, or for a text that names day and time."""
        with suppress(AttributeError, OverflowError, ValueError):
            if not isinstance(value, datetime):
                if ":" not in value.strip():
                    raise ValueError("no time of day")
                value = datetime.fromisoformat(value.strip())
            if value.tzinfo:
                value = value.astimezone(UTC).replace(tzinfo=None)
            if value.year < MAXYEAR:  # a zone may still be added to it
                return value.replace(microsecond=0)
        raise UserError(
            self.env._(
                "Appointment: “%s” is not a date and time. Write it as 2026-12-31 09:30:00"
                " (UTC), or with its offset as 2026-12-31T16:30:00+07:00.",
                value,
            )
        )

    def _checked_call_back(self, call_back_on):
        if not call_back_on:
            raise UserError(self.env._("Call back on: enter the day the customer agreed."))
        try:
            day = fields.Date.to_date(call_back_on)
        except (TypeError, ValueError):
            raise UserError(
                self.env._(
                    "Call back on: “%s” is not a date. Write it as 2026-12-31.", call_back_on
                )
            ) from None
        today = self.branch_id._today()
        self._refuse_past_and_far(
            day < today,
            day > today + timedelta(days=MAX_DAYS_AHEAD),
            self.env._("Call back on"),
            format_date(self.env, day),
        )
        return day

    def _refuse_past_and_far(self, past, far, label, when):
        if past:
            raise UserError(
                self.env._(
                    "%(field)s: %(when)s has passed. Enter a day and time to come.",
                    field=label,
                    when=when,
                )
            )
        if far:
            raise UserError(
                self.env._(
                    "%(field)s: %(when)s is more than a year ahead. Check the year.",
                    field=label,
                    when=when,
                )
            )
