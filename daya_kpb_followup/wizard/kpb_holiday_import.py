import base64
from datetime import datetime, time

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import file_open

from ..rules.holidays import HolidaysRefused, Problem, parse_holidays
from ..rules.outcomes import State

#: Lists that come with the addon: year → file.
SHIPPED = {"2026": "daya_kpb_followup/static/holidays/holidays_2026.csv"}


class KpbHolidayImport(models.TransientModel):
    """A year's public holidays become days off in the working calendars of the branches.

    The list is one that comes with the addon, or a file: date, name, kind, decree. Loaded twice it
    changes nothing. Open calls whose day has become a holiday move to the next working day.
    """

    _name = "kpb.holiday.import"
    _description = "Load Public Holidays"

    year = fields.Selection(
        [("2026", "2026 (SKB 3 Menteri No. 1497/2025, 2/2025, 5/2025)")],
        "List",
        default="2026",
        help="A list that comes with the addon; a file takes its place.",
    )
    file = fields.Binary(help="Text (CSV) with the columns date;name;kind;decree.")
    file_name = fields.Char()
    with_joint_leave = fields.Boolean(
        "Joint Leave as Well",
        help="Days of joint leave (cuti bersama) are days off only where the employer says so.",
    )
    branch_ids = fields.Many2many(
        "kpb.branch",
        string="Branches",
        required=True,
        default=lambda self: self.env["kpb.branch"].search([]),
    )

    def action_import(self):
        """Write the days into the calendars of the branches and say what was done.

        :return: a notification
        :raises UserError: naming the line of the list that cannot be taken
        """
        self.ensure_one()
        self.check_access("write")
        holidays = [
            holiday
            for holiday in self._holidays()
            if self.with_joint_leave or not holiday.is_joint_leave
        ]
        new = sum(
            self._write_calendar(calendar, branches, holidays)
            for calendar, branches in self.branch_ids.grouped("resource_calendar_id").items()
        )
        moved = self._move_calls([holiday.day for holiday in holidays])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(days)s holidays read, %(new)s new in the calendars, %(moved)s calls moved.",
                    days=len(holidays),
                    new=new,
                    moved=moved,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _holidays(self):
        try:
            return parse_holidays(self._text())
        except HolidaysRefused as refused:
            raise UserError(self._sentence(refused)) from None

    def _text(self):
        if not self.file:
            if not self.year:
                raise UserError(self.env._("Choose a list or a file."))
            with file_open(SHIPPED[self.year]) as shipped:
                return shipped.read()
        try:
            return base64.b64decode(self.file).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UserError(
                self.env._(
                    "%s is not a text file. Save the sheet as CSV (UTF-8) and load that.",
                    self.file_name or self.env._("The file"),
                )
            ) from None

    def _sentence(self, refused):
        match refused.code:
            case Problem.EMPTY:
                return self.env._("The list names no day.")
            case Problem.HEADINGS:
                return self.env._("The first line has to name the columns: date;name;kind;decree.")
            case Problem.DATE:
                return self.env._(
                    "Line %(line)s: “%(value)s” is not a date. Write it as 2026-12-31 or"
                    " 31/12/2026.",
                    line=refused.line,
                    value=refused.value,
                )
        return self.env._("Line %s: the holiday has no name.", refused.line)

    def _write_calendar(self, calendar, branches, holidays):
        """Add the days that a calendar does not know yet; return how many."""
        # sudo: who manages branches need not manage the company's calendars
        leaves = self.env["resource.calendar.leaves"].sudo()
        branch = branches[:1]
        vals_list = []
        for holiday in holidays:
            start = branch._utc(datetime.combine(holiday.day, time.min))
            known = leaves.search(
                [
                    ("calendar_id", "=", calendar.id),
                    ("resource_id", "=", False),
                    ("date_from", "=", start),
                ],
                limit=1,
            )
            if known:
                known.filtered(lambda leave, holiday=holiday: leave.name != holiday.title).write(
                    {"name": holiday.title}
                )
                continue
            vals_list.append(
                {
                    "name": holiday.title,
                    "calendar_id": calendar.id,
                    "date_from": start,
                    "date_to": branch._utc(datetime.combine(holiday.day, time(23, 59, 59))),
                }
            )
        leaves.create(vals_list)
        return len(vals_list)

    def _move_calls(self, days):
        """Move the open calls of these days to the next working day; return how many."""
        followup = self.env["kpb.followup"].sudo()  # sudo: the days are off for everybody's calls
        calls = followup.search(
            Domain("branch_id", "in", self.branch_ids.ids)
            & Domain("state", "=", State.TODO.value)
            & Domain("deadline", "in", days)
        )
        for (branch, day), same_day in calls.grouped(
            lambda call: (call.branch_id, call.deadline)
        ).items():
            same_day._call_on(branch._working_day(day))
        return len(calls)
