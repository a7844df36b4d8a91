import os
from datetime import date, timedelta
from random import Random
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from ..models.kpb_quiet import QUIET
from ..rules.outcomes import OPEN_STATES
from .call_case import utc
from .common import KpbCase, at_noon
from .life_story import YEARS, invent, last_stage, standing_by_day, working_day
from .test_log_attempt import FIVE_ITEMS

LONG = bool(os.environ.get("KPB_LONG"))
CUSTOMERS = 2_000 if LONG else 40
SALES_DAYS = 60 if LONG else 4
FIRST_SALE = date(2025, 3, 10)
SEED = 20230707


@tagged("post_install", "-at_install")
class TestSimulation(KpbCase):
    """Five years of customers who come, stay away, are lost and won back, against plain reasoning.

    Each day: the scheduled jobs in the morning, then the callers, then the front desk, then what
    people decide. Under KPB_LONG=1 two thousand customers live through every single day.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET})
        cls.make_member(cls.branch, "admin_stnk")
        cls.unhappy = cls.env.ref("daya_kpb_followup.kpb_lost_reason_unhappy")
        random = Random(SEED)
        cls.stories = [
            invent(number, random, FIRST_SALE + timedelta(days=random.randrange(SALES_DAYS)))
            for number in range(CUSTOMERS)
        ]
        cls.end = FIRST_SALE + timedelta(days=SALES_DAYS + 366 * YEARS)
        with at_noon(FIRST_SALE + timedelta(days=SALES_DAYS)):
            cls.units = [cls.sell(story) for story in cls.stories]
        cls.env.flush_all()

    @classmethod
    def sell(cls, story):
        """Return the unit of a story."""
        partner = cls.env["res.partner"].create({"name": f"Konsumen {story.number}", **FIVE_ITEMS})
        return cls.env["kpb.purchase"].create(
            {
                "partner_id": partner.id,
                "branch_id": cls.branch.id,
                "product_id": cls.product.id,
                "salesperson_id": cls.sales.id,
                "purchase_date": story.bought,
                "chassis_number": f"SIM{story.number:013d}",
                "engine_number": f"{story.engine}S{story.number:07d}",
            }
        )

    def test_five_years(self):
        expected = [dict(standing_by_day(story, self.end)) for story in self.stories]
        acts = self.acts_by_day()
        days = self.days(acts)
        with (
            patch.object(IrCron, "_commit_progress", lambda *_args, **_more: float("inf")),
            freeze_time(utc(days[0], 12)) as clock,
        ):
            for day in days:
                clock.move_to(utc(day, 12))
                self.live(day, acts.get(day, ()))
                self.compare(day, expected)
        self.check_the_end(expected)

    def acts_by_day(self):
        """Return day → what customers and people do then, in the order of a day."""
        acts = {}
        for story, unit in zip(self.stories, self.units, strict=True):
            for day, place, coupon in story.visits:
                acts.setdefault(day, []).append((1, unit, self.visit, (day, place, coupon)))
            acts.setdefault(story.stnk_ready, []).append((1, unit, self.stnk, ("ready",)))
            collected = story.stnk_ready + timedelta(days=5)
            acts.setdefault(collected, []).append((1, unit, self.stnk, ("collected",)))
            if story.given_up_on:
                acts.setdefault(story.given_up_on, []).append((2, unit, self.give_up, ()))
            if story.reopened_on:
                acts.setdefault(story.reopened_on, []).append((3, unit, self.reopen, ()))
        return acts

    def days(self, acts):
        """Return the days that are lived through: all, or those on which something can happen."""
        if LONG:
            first = FIRST_SALE + timedelta(days=SALES_DAYS)
            return [first + timedelta(days=n) for n in range((self.end - first).days + 1)]
        days = set(acts)
        for unit, story in zip(self.units, self.stories, strict=True):
            for step in unit._plans()[unit]:
                days |= {step.planned, working_day(step.planned)}
            days |= {story.last_coupon, story.last_coupon + timedelta(days=1)}
            days |= {story.offered + timedelta(days=number) for number in (60, 61, 62)}
            if story.reopened_on:
                days.add(working_day(story.reopened_on))
                days.add(working_day(story.reopened_on + timedelta(days=1)))
        days |= {FIRST_SALE + timedelta(days=360 + number) for number in range(30)}
        return sorted(
            day for day in days | {self.end} if day > FIRST_SALE + timedelta(days=SALES_DAYS)
        )

    # a day
    def live(self, day, acts):
        """Live through a day."""
        lifecycle = self.env["kpb.lifecycle"]
        lifecycle._return_no_shows()
        lifecycle._judge_customers()
        self.env["kpb.followup"]._give_up_too_late()
        self.env["kpb.generator"]._generate()
        self.make_calls(day)
        for _order, unit, act, details in sorted(acts, key=lambda row: row[0]):
            act(unit, *details)
        self.env.flush_all()

    def make_calls(self, day):
        """Let the callers work off what is on their lists."""
        due = self.env["kpb.followup"].search(
            [
                ("state", "in", list(OPEN_STATES)),
                ("deadline", "<=", day),
                ("purchase_id", "in", [unit.id for unit in self.units]),
            ]
        )
        by_unit = dict(zip((unit.id for unit in self.units), self.stories, strict=True))
        for call in due:
            if call.state in OPEN_STATES:
                self.make_call(call, by_unit[call.purchase_id.id], day)

    def make_call(self, call, story, day):
        """Let the customer of a story answer a call in his manner."""
        kind = call.milestone_id.kind
        if kind == "renewal":
            if story.offer != "none":
                call.log_attempt("interested" if story.offer == "yes" else "not_interested")
        elif kind == "stnk":
            if story.sold_on and day == working_day(story.sold_on):
                call.log_attempt("unit_sold")
        elif story.manner == "will_come" and not call.no_show_count:
            if call.state == "todo":
                self.agree(call, day)
        elif story.manner == "call_back":
            call.log_attempt("call_back", call_back_on=day + timedelta(days=20))
        elif story.manner in ("no_answer", "refused"):
            call.log_attempt(story.manner)

    def agree(self, call, day):
        """Let the customer agree to come the next working day; he will not."""
        call.log_attempt("will_come", appointment_at=utc(working_day(day + timedelta(days=1)), 9))

    def visit(self, unit, day, place, coupon):
        """Record a visit."""
        self.env["kpb.visit"].create(
            {
                "purchase_id": unit.id,
                "date": day,
                "place": place,
                "branch_id": self.sister.id if place == "sister" else False,
                "dealer_name": "Bengkel Maju",
                "kpb_number": coupon,
            }
        )

    def stnk(self, unit, state):
        """Say how the certificate stands."""
        unit.stnk_state = state

    def give_up(self, unit):
        """Set LOST by hand, unless the unit was given up already."""
        if unit.status not in ("lost", "stopped"):
            unit.action_set_lost(self.unhappy.id)

    def reopen(self, unit):
        """Take a unit back that was given up."""
        if unit.status in ("lost", "stopped"):
            unit.action_reopen()

    # what must hold
    def compare(self, day, expected):
        """Compare every customer's standing with the plain reasoning."""
        units = self.env["kpb.purchase"].concat(*self.units)
        wrong = [
            (story, status, told[day])
            for story, status, told in zip(
                self.stories, units.mapped(lambda unit: unit.status), expected, strict=True
            )
            if day in told and status != told[day]
        ]
        self.assertFalse(wrong, f"on {day}: {len(wrong)} customers, first: {wrong[:1]}")

    def check_the_end(self, expected):
        """Check stages, calls and opportunities after five years."""
        units = self.env["kpb.purchase"].concat(*self.units)
        stages = units.stage_id.get_external_id()
        for story, unit, told in zip(self.stories, units, expected, strict=True):
            stage = stages[unit.stage_id.id].removeprefix("daya_kpb_followup.kpb_stage_")
            self.assertEqual(stage, last_stage(told[self.end]), story)
            self.assertFalse(unit.next_followup_date, story)
        endless = units.followup_ids.filtered(lambda call: call.state in OPEN_STATES)
        self.assertFalse(endless, endless.mapped("display_name"))
        leads = self.env["crm.lead"].search([("kpb_purchase_id", "in", units.ids)])
        self.assertEqual(len(leads), len(leads.kpb_purchase_id), "a unit has two opportunities")
        self.assertLessEqual(
            units.filtered(lambda unit: unit.status == "prospect"), leads.kpb_purchase_id
        )
        self.assertGreater(len(set(units.mapped("status"))), 3, "the stories are too much alike")
