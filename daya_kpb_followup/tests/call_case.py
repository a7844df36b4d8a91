from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tools import SQL

from .common import KpbCase

#: Ten in the morning in Jakarta of a Wednesday; the Monday after is a public holiday.
NOW = datetime(2026, 8, 12, 3)
TODAY, TOMORROW, FRIDAY, SATURDAY, HOLIDAY, TUESDAY = (
    date(2026, 8, day) for day in (12, 13, 14, 15, 17, 18)
)
BOUGHT = date(2026, 5, 4)
#: Whatever an outcome may touch.
TABLES = (
    "kpb_followup",
    "kpb_attempt",
    "kpb_visit",
    "kpb_purchase",
    "kpb_validation",
    "mail_activity",
    "mail_message",
    "calendar_event",
    "crm_lead",
    "res_partner",
)


def utc(day, hour, minute=0, tz="Asia/Jakarta"):
    """Return naive UTC of a time on a wall clock."""
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(tz))
    return local.astimezone(UTC).replace(tzinfo=None)


class CallCase(KpbCase):
    """Calls of every kind, due today, and what to assert about them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")  # sentences are compared in the source's words
        cls.admin_stnk = cls.make_member(cls.branch, "admin_stnk")
        cls.sales_admin = cls.make_member(cls.branch, "sales_admin")
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Hari Kemerdekaan",
                "calendar_id": cls.branch.resource_calendar_id.id,
                "date_from": utc(HOLIDAY, 0),
                "date_to": utc(HOLIDAY, 23, 59),
            }
        )

    def setUp(self):
        super().setUp()
        self.go_to(NOW)

    def go_to(self, moment):
        """Set the clock to a moment (naive UTC)."""
        if hasattr(self, "clock"):
            self.clock.stop()
        else:
            self.addCleanup(lambda: self.clock.stop())
        self.clock = freeze_time(moment, tick=True)
        self.clock.start()

    def make_call(self, code, purchase=None, occurrence=1, user=None, **vals):
        """Return an open follow-up of a step, due today, in its caller's list.

        :param str code: code of the milestone: stnk, kpb1 … regular, renewal
        """
        purchase = purchase or self.make_purchase(BOUGHT, branch=vals.pop("branch", None))
        milestone = purchase.schedule_id.milestone_ids.filtered(lambda line: line.code == code)
        call = self.env["kpb.followup"].create(
            {
                "purchase_id": purchase.id,
                "partner_id": purchase.partner_id.id,
                "branch_id": purchase.branch_id.id,
                "milestone_id": milestone.id,
                "occurrence": occurrence,
                "role_id": milestone.role_id.id,
                "user_id": (user or self.admin_crm).id,
                "planned_date": TODAY,
                "first_deadline": TODAY,
                "deadline": TODAY,
                **vals,
            }
        )
        call._project_activities()
        return call

    def log(self, call, outcome, user=None, **details):
        """Log an outcome as a person, by default the caller; return the attempt."""
        person = call.with_user(user or call.user_id).with_context(lang="en_US")
        return person.log_attempt(outcome, **details)

    def rows(self):
        """Return every row with its version, to prove later that nothing was written."""
        self.env.flush_all()
        found = {}
        for table in TABLES:
            self.env.cr.execute(
                SQL("SELECT id, xmin::text, ctid::text FROM %s ORDER BY id", SQL.identifier(table))
            )
            found[table] = self.env.cr.fetchall()
        return found

    def assertRefused(self, act, *words, error=UserError):
        """Assert that an act is refused with a sentence and that nothing is written at all.

        No savepoint hides what was written before the refusal.

        :param words: what the sentence has to say
        """
        before = self.rows()
        try:
            act()
        except error as refusal:
            for word in words:
                self.assertIn(word, str(refusal))
        else:
            self.fail(f"not refused: {words}")
        self.assertEqual(self.rows(), before)

    def assertNext(self, call, state, deadline):
        """Assert that a call is open and hangs once, on its day, in its owner's list."""
        call.invalidate_recordset()
        self.assertEqual((call.state, call.deadline), (state, deadline))
        self.assertFalse(call.result)
        self.assertEqual(len(call.activity_ids), 1)
        activity = call.activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline), (call.user_id, deadline))
        self.assertEqual(bool(call.event_id), state == "appointment")

    def assertEnded(self, call, state, result):
        """Assert that a call ended and is off everybody's list."""
        call.invalidate_recordset()
        self.assertEqual((call.state, call.result), (state, result))
        self.assertTrue(call.closed_at)
        self.assertFalse(call.activity_ids)
        self.assertFalse(call.event_id)

    def days_on(self, days):
        """Let days pass."""
        self.go_to(NOW + timedelta(days=days))
