import logging
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command, fields
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import SQL

from ..models.kpb_clock import PARAMETER as CONFIRMED

ADDON = "odoo.addons.daya_kpb_followup"

#: A Monday in the middle of a month, far from every year's end.
PURCHASE_DAY = date(2025, 3, 10)


def at_noon(day):
    """Freeze the clock at noon in Jakarta of a day."""
    return freeze_time(datetime(day.year, day.month, day.day, 5), tick=True)


@contextmanager
def heard(name, level):
    """Let a logger tell whoever listens to it, at any level of the run, and nobody else."""
    logger = logging.getLogger(name)
    before = logger.level, logger.propagate
    logger.setLevel(level)
    logger.propagate = False
    try:
        yield
    finally:
        logger.setLevel(before[0])
        logger.propagate = before[1]


class KpbCase(TransactionCase):
    """A head office, two branches with every role filled, and the words to tell a story in."""

    #: Stories jump from day to day; a person who confirms each jump is not what they are about.
    believes_the_clock = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True})
        cls.roles = {role.code: role for role in cls.env["kpb.role"].search([])}
        cls.sop = cls.env.ref("daya_kpb_followup.kpb_schedule_sop")
        cls.pcd = cls.env.ref("daya_kpb_followup.kpb_schedule_pcd")
        cls.head_office = cls.make_branch("Kantor Pusat Uji", "TST-HO")
        cls.branch = cls.make_branch("Cabang Uji A", "TST-A", parent_id=cls.head_office.id)
        cls.sister = cls.make_branch("Cabang Uji B", "TST-B", parent_id=cls.head_office.id)
        cls.pic_crm = cls.make_member(cls.head_office, "pic_crm")
        cls.sales = cls.make_member(cls.branch, "salesforce")
        cls.admin_crm = cls.make_member(cls.branch, "admin_crm_h2")
        cls.kacab = cls.make_member(cls.branch, "kacab", groups="kpb_group_manager")
        cls.sister_admin = cls.make_member(cls.sister, "admin_crm_h2")
        cls.sister_sales = cls.make_member(cls.sister, "salesforce")
        cls.product = cls.env["product.product"].create({"name": "Vario 125 Uji"})

    @classmethod
    def make_branch(cls, name, code, **vals):
        """Return a branch in Jakarta that has always been live."""
        return cls.env["kpb.branch"].create(
            {"name": name, "code": code, "go_live_date": date(2000, 1, 1), **vals}
        )

    @classmethod
    def make_member(cls, branch, role, groups="kpb_group_user", login=None):
        """Return a new user who fills a role in a branch."""
        user = new_test_user(
            cls.env,
            login=login or f"{role}_{branch.code}_{len(branch.member_ids)}".lower(),
            groups=f"daya_kpb_followup.{groups}",
            tz=branch.tz,
        )
        cls.add_member(branch, role, user)
        return user

    @classmethod
    def add_member(cls, branch, role, user):
        """Let a user fill a role in a branch."""
        branch.member_ids = [Command.create({"role_id": cls.roles[role].id, "user_id": user.id})]

    @classmethod
    def make_purchase(cls, day=PURCHASE_DAY, branch=None, **vals):
        """Return a purchase of a new customer, sold by the branch's salesperson."""
        branch = branch or cls.branch
        number = cls.env["kpb.purchase"].search_count([]) + 1
        return cls.env["kpb.purchase"].create(
            {
                "partner_id": cls.env["res.partner"].create({"name": f"Konsumen {number}"}).id,
                "branch_id": branch.id,
                "product_id": cls.product.id,
                "salesperson_id": (cls.sales if branch == cls.branch else cls.sister_sales).id,
                "purchase_date": day,
                "chassis_number": f"MH1UJI{number:011d}",
                "engine_number": f"JFB1E{number:07d}",
                **vals,
            }
        )

    def run_cron(self, name, day=None):
        """Run a scheduled action as the scheduler does, at noon of a day when one is given.

        :param day: a date; None: now, or at the moment that the caller has frozen
        :raises AssertionError: when the run fails
        """
        self.assertIs(self._trigger(name, day), True, f"the run of {name} failed")

    def run_failing_cron(self, name, day=None):
        """Run a scheduled action that is to fail; return the failure as text."""
        shown = self._trigger(name, day)
        self.assertIsInstance(shown, dict, f"the run of {name} does not show its failure")
        return shown["params"]["data"]["debug"]

    @contextmanager
    def job_env(self, day):
        """Give the environment of a job, with a cursor that commits into the test, at noon."""
        with at_noon(day), self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield self.env(cr=cr, user=SUPERUSER_ID)

    def _trigger(self, name, day):
        cron = self.env.ref(f"daya_kpb_followup.ir_cron_kpb_{name}")
        with (
            at_noon(day) if day else nullcontext(),
            heard("odoo.addons.base.models.ir_cron", logging.ERROR),
            self.enter_registry_test_mode(),
        ):
            if self.believes_the_clock:
                self.env["ir.config_parameter"].set_param(CONFIRMED, fields.Date.today())
            return cron.method_direct_trigger()

    def generate(self, day=None):
        """Run the generation."""
        self.run_cron("generate", day)

    def after(self, days=0):
        """Return the day so many days after the purchase day of these tests."""
        return PURCHASE_DAY + timedelta(days=days)

    def followup(self, purchase, code, occurrence=1):
        """Return the follow-up of a step, empty when there is none."""
        return purchase.followup_ids.filtered(
            lambda followup: (
                followup.milestone_id.code == code and followup.occurrence == occurrence
            )
        )

    def rows_as_written(self, *tables):
        """Return every row with its version, to prove later that nothing was written.

        :param tables: names of tables; every rewritten row has another place in its table
        """
        self.env.flush_all()
        found = {}
        for table in tables:
            self.env.cr.execute(
                SQL(
                    "SELECT id, xmin::text, ctid::text FROM %s ORDER BY id",
                    SQL.identifier(table),
                )
            )
            found[table] = self.env.cr.fetchall()
        return found

    def assertOneCall(self, followup, user, deadline):
        """Assert that a follow-up is open and hangs once, on its day, in its owner's list."""
        self.assertEqual(len(followup), 1)
        self.assertEqual(followup.state, "todo")
        self.assertEqual(followup.user_id, user)
        self.assertEqual(followup.deadline, deadline)
        self.assertEqual(len(followup.activity_ids), 1)
        activity = followup.activity_ids
        self.assertEqual(activity.user_id, user)
        self.assertEqual(activity.date_deadline, deadline)
        self.assertEqual(activity.activity_type_id, followup.milestone_id.activity_type_id)
