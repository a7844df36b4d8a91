from lxml import html

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, html2plaintext, is_html_empty

from ..rules.outcomes import OPEN_STATES, State

REPORT = "daya_kpb_followup.kpb_call_sheet"


class KpbFollowup(models.Model):
    """The calls of a day on paper, one sheet per person: for where there is no screen.

    Never a NIK or a date of birth, and no number of a customer who is not to be contacted.
    """

    _inherit = "kpb.followup"

    def action_print_call_sheet(self):
        """Open the call sheet of the selected calls, ready to be printed by the browser.

        :raises UserError: none of them is open
        """
        self._check_printable()
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/report/html/{REPORT}/{ids}",
            "target": "new",
        }

    def _check_printable(self):
        self.check_access("read")
        if not self.filtered(lambda call: call.state in OPEN_STATES):
            raise UserError(
                self.env._("Call sheet: none of these calls is open. Select calls to be made.")
            )

    def _call_sheet_pages(self):
        """Return the sheets, one per caller: calls in the order in which they are made.

        :return: list of dicts with ``caller``, ``branches``, ``day``, ``lines``, ``scripts``
        """
        still_open = self.filtered(lambda call: call.state in OPEN_STATES)
        by_caller = still_open.grouped("user_id")
        return [
            calls._call_sheet_page(caller)
            for caller, calls in sorted(
                by_caller.items(), key=lambda item: (not item[0], item[0].name or "")
            )
        ]

    def _call_sheet_page(self, caller):
        ordered = self.sorted(lambda call: call._call_sheet_place())
        return {
            "caller": caller.name or self.env._("No owner"),
            "branches": ", ".join(ordered.branch_id.sorted("name").mapped("name")),
            "day": format_date(
                self.env, ordered[:1].branch_id._today(), date_format="EEEE, d MMMM y"
            ),
            "lines": [call._call_sheet_line() for call in ordered],
            "scripts": [
                (milestone.name, self._call_sheet_script(milestone.call_script))
                for milestone in ordered.milestone_id.sorted("sequence")
                if not is_html_empty(milestone.call_script)
            ],
        }

    def _call_sheet_place(self):
        """Return the place of a call on the sheet: today's appointments, late, by coupon."""
        self.ensure_one()
        today = self.branch_id._today()
        confirm = (
            self.state == State.APPOINTMENT
            and self.branch_id._local(self.appointment_at).date() == today
        )
        left = self.coupon_days_left if self.coupon_end else 9999
        return not confirm, self.deadline >= today, left, self.deadline, self.id

    def _call_sheet_line(self):
        refused = self._contact_refusal()
        appointment = self.state == State.APPOINTMENT and self.appointment_at
        return {
            "step": self.step,
            "customer": self.partner_id.name,
            "unit": self.product_id.name or "",
            "plate": self.license_plate or "",
            "phone": "" if refused else self.phone or "",
            "refused": bool(refused),
            "deadline": format_date(self.env, self.deadline, date_format="d MMM"),
            "late": max(self.days_overdue, 0),
            "coupon_end": self.coupon_end
            and format_date(self.env, self.coupon_end, date_format="d MMM y"),
            "coupon_days_left": self.coupon_days_left,
            "tries": self.tries,
            "appointment": appointment and self._moment_words(appointment),
        }

    def _call_sheet_script(self, script):
        """Return what paper has room for of a script: its points, else its first lines."""
        points = [point.text_content() for point in html.fromstring(script).iter("li")]
        return " • ".join(points or html2plaintext(script).splitlines()[:3])
