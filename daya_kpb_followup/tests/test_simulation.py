import logging
import os
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from ..models.kpb_quiet import QUIET
from ..rules.outcomes import OPEN_STATES
from .call_case import utc
from .common import KpbCase
from .life_callers import Callers
from .life_oracle import Life
from .life_story import YEARS, invent

_logger = logging.getLogger(__name__)

LONG = bool(os.environ.get("KPB_LONG"))
CUSTOMERS = int(os.environ.get("KPB_CUSTOMERS", "2000" if LONG else "48"))
#: Every day is lived through, or every so-many-eth and those on which something ends or begins.
STRIDE = 1 if LONG else 23
SALES_DAYS = 28 if LONG else 2
FIRST_SALE = date(2025, 3, 10)
SEED = 20230707
#: What autovacuum does in a database that commits; else plans stay those for empty tables.
ANALYZE = """
    ANALYZE calendar_event, kpb_attempt, kpb_followup, kpb_lost_episode, kpb_purchase, kpb_visit,
            mail_activity, mail_message, res_partner
"""
#: Days after the first sale on which the jobs stand still: (first, how many).
OUTAGES = ((14, 1), (200, 7), (316, 7), (400, 31), (1090, 31), (1300, 1))


@tagged("post_install", "-at_install")
class TestSimulation(KpbCase):
    """Five years of customers who come, stay away, are lost and won back, against plain reasoning.

    Each day: the scheduled jobs in the morning, if they run at all, then the callers, then the
    front desk, then what people decide. Under KPB_LONG=1 two thousand customers live through every
    single day; else some dozens through some of them, and what lies between waits as in an outage.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET})
        cls.make_member(cls.branch, "admin_stnk")
        cls.make_member(cls.branch, "sales_admin")
        cls.unhappy = cls.env.ref("daya_kpb_followup.kpb_lost_reason_unhappy")
        cls.schedules = {"sop": cls.sop, "pcd": cls.pcd, "options": cls.make_optional_schedule()}
        random = Random(SEED)
        cls.stories = [
            invent(number, random, FIRST_SALE + timedelta(days=number % SALES_DAYS))
            for number in range(CUSTOMERS)
        ]
        cls.lives = [
            Life(story, cls.schedules[story.schedule].lost_without_visit) for story in cls.stories
        ]
        cls.unit_ids = {}
        cls.story_of = {}
        cls.end = FIRST_SALE + timedelta(days=SALES_DAYS + 366 * YEARS)

    @classmethod
    def make_optional_schedule(cls):
        """Return the SOP with every option on."""
        schedule = cls.sop.copy({"name": "SOP dengan semua pilihan"})
        schedule.milestone_ids.filtered("kpb_number").last_touch_days = 7
        schedule.write(
            {"call_before_end": True, "regular_from_visit": True, "lost_without_visit": True}
        )
        return schedule

    def test_five_years(self):
        acts = self.acts()
        callers = Callers(self)
        compared = 0
        with (
            patch.object(IrCron, "_commit_progress", lambda *_args, **_more: float("inf")),
            # nothing fails here, and one transaction does not carry thousands of savepoints
            patch.object(type(self.env.cr), "savepoint", self.flushed),
            freeze_time(utc(FIRST_SALE, 12)) as clock,
        ):
            for day in self.days():
                clock.move_to(utc(day, 12))
                self.env.invalidate_all()  # every day has its transactions
                if LONG and not (day - FIRST_SALE).days % 15:
                    self.env.cr.execute(ANALYZE)
                if not self.is_outage(day):
                    self.work(day)
                callers.work(day)
                while acts and acts[0][0] <= day:
                    _planned, _order, number, act, details = acts.pop(0)
                    act(number, day, *details)
                compared += self.compare(day)
                if LONG and day.day == 1:
                    self.check_month(day)
        self.check_the_end()
        self.tell(compared, callers.counts)

    @staticmethod
    @contextmanager
    def flushed(cursor, flush=True):
        """Stand in for a savepoint."""
        if flush:
            cursor.flush()
        yield
        if flush:
            cursor.flush()

    # what happens when
    def days(self):
        """Return the days that are lived through."""
        days = {FIRST_SALE + timedelta(days=n) for n in range((self.end - FIRST_SALE).days)}
        if STRIDE > 1:
            ends = {story.last_coupon for story in self.stories}
            offers = {story.offered for story in self.stories}
            turns = {day + timedelta(days=n) for day in ends for n in (0, 1)} | {
                day + timedelta(days=n) for day in offers for n in (0, 3, 60, 61)
            }
            sales = {story.bought for story in self.stories}
            around = {
                FIRST_SALE + timedelta(days=first + n)
                for first, length in OUTAGES
                for n in (-1, length)
            }
            days = {day for day in days if not (day - FIRST_SALE).days % STRIDE}
            days |= turns | sales | around
        return [*sorted(days), self.end]

    def is_outage(self, day):
        """Return whether no scheduled job runs on a day."""
        since = (day - FIRST_SALE).days
        return any(first <= since < first + length for first, length in OUTAGES)

    def acts(self):
        """Return what people do, in the order of their days: sales, the desk, decisions."""
        acts = []
        for number, story in enumerate(self.stories):
            acts.append((story.bought, 0, number, self.sell, ()))
            acts += [(day, 1, number, self.visit, (place,)) for day, place in story.visits]
            acts.append((story.stnk_ready, 1, number, self.stnk, ("ready",)))
            collected = story.stnk_ready + timedelta(days=6)
            acts.append((collected, 1, number, self.stnk, ("collected",)))
            if story.handed_over_on:
                acts.append((story.handed_over_on, 2, number, self.hand_over, ()))
            if story.given_up_on:
                acts.append((story.given_up_on, 3, number, self.give_up, ()))
            if story.reopened_on:
                acts.append((story.reopened_on, 4, number, self.reopen, ()))
        return sorted(acts, key=lambda act: act[:3])

    def work(self, day):
        """Let the scheduled jobs do their day's work."""
        self.env["kpb.lifecycle"]._cron_lifecycle()
        self.env["kpb.generator"]._cron_generate()
        for life in self.lives:
            if life.story.bought < day:
                life.morning(day)

    def unit(self, number):
        """Return the unit of a story."""
        return self.env["kpb.purchase"].browse(self.unit_ids[number])

    def sell(self, number, _day):
        """Register the unit of a story."""
        story = self.stories[number]
        unit = self.env["kpb.purchase"].create(
            {
                "partner_id": self.customer(f"Konsumen {number}", number, story.has_data).id,
                "branch_id": self.branch.id,
                "product_id": self.product.id,
                "salesperson_id": self.sales.id,
                "purchase_date": story.bought,
                "schedule_id": self.schedules[story.schedule].id,
                "chassis_number": f"SIM{number:013d}",
                "engine_number": story.engine_number,
            }
        )
        self.unit_ids[number] = unit.id
        self.story_of[unit.id] = number

    def customer(self, name, number, has_data=True):
        """Return a new customer, with or without his five data items."""
        data = self.data_items(number) if has_data else {}
        birth = data.pop("birth", {})
        return self.env["res.partner"].create(
            {
                "name": name,
                "street": data.pop("address", False),
                "birth_place": birth.get("place"),
                "birth_date": birth.get("date"),
                **data,
            }
        )

    def data_items(self, number):
        """Return what a customer answers when he is asked for his data."""
        return {
            "address": f"Jl. Cihampelas {number}",
            "nik": f"3273{1 + number // 9000:02d}010590{1 + number % 9000:04d}",
            "phone": f"+62812{number:08d}",
            "birth": {"place": "Bandung", "date": "1990-05-01"},
        }

    def visit(self, number, day, place, coupon=None):
        """Record a visit; without a coupon number, with the first one that is left and valid."""
        unit, story = self.unit(number), self.stories[number]
        used = set(unit.visit_ids.mapped("kpb_number"))
        if coupon is None:
            coupon = next((n for n in story.coupons_valid_on(day) if n not in used), 0)
        self.env["kpb.visit"].create(
            {
                "purchase_id": unit.id,
                "date": day,
                "place": place,
                "branch_id": self.sister.id if place == "sister" else False,
                "dealer_name": "Bengkel Maju",
                "kpb_number": 0 if coupon in used else coupon,
            }
        )
        self.lives[number].visit(day, place)

    def stnk(self, number, _day, state):
        """Say how the certificate stands."""
        self.unit(number).stnk_state = state

    def give_up(self, number, _day):
        """Set LOST by hand, unless the unit was given up already."""
        unit = self.unit(number)
        if unit.status not in ("lost", "stopped"):
            unit.action_set_lost(self.unhappy.id)
        self.lives[number].give_up()

    def reopen(self, number, day):
        """Take a unit back that was given up."""
        unit = self.unit(number)
        if unit.status in ("lost", "stopped"):
            unit.action_reopen()
        self.lives[number].reopen(day)

    def hand_over(self, number, day):
        """Register the new owner of a unit."""
        owner = self.customer(f"Pemilik baru {number}", 50_000 + number)
        self.unit(number).action_transfer(owner.id)
        self.lives[number].hand_over(day)

    # what must hold
    def compare(self, day):
        """Compare every customer's standing with the plain reasoning; return how many."""
        units = self.env["kpb.purchase"].browse(self.unit_ids.values())
        wrong = [
            (self.stories[number], unit.status, self.lives[number].status)
            for number, unit in zip(self.unit_ids, units, strict=True)
            if unit.status != self.lives[number].status
        ]
        self.assertFalse(wrong, f"on {day}: {len(wrong)} customers, first: {wrong[:1]}")
        return len(units)

    def check_month(self, day):
        """Check once a month that stages follow from the facts, and that nothing is to repair."""
        units = self.env["kpb.purchase"].browse(self.unit_ids.values())
        stages = units.stage_id.get_external_id()
        for number, unit in zip(self.unit_ids, units, strict=True):
            life = self.lives[number]
            shown = stages[unit.stage_id.id].removeprefix("daya_kpb_followup.kpb_stage_")
            if not life.is_called:
                self.assertEqual(shown, life.status, (day, life.story))
            elif life.story.schedule != "options" and not self.is_outage(day):
                still_open = unit.followup_ids.filtered(lambda call: call.state in OPEN_STATES)
                last = still_open.sorted("planned_date")[-1:].milestone_id.code
                self.assertEqual(shown, last or life.story.next_step(day), (day, life.story))
            waiting = unit.followup_ids.filtered(lambda call: call.state in OPEN_STATES)
            ahead = min(waiting.mapped("deadline"), default=unit.next_followup_date)
            self.assertEqual(unit.next_step_date, ahead, (day, life.story))
        self.assertEqual(self.env["kpb.reconciler"]._reconcile(), 0, f"{day}: to be repaired")

    def check_the_end(self):
        """Check stages, calls and opportunities after five years."""
        units = self.env["kpb.purchase"].browse(self.unit_ids.values())
        stages = units.stage_id.get_external_id()
        for number, unit in zip(self.unit_ids, units, strict=True):
            life = self.lives[number]
            shown = stages[unit.stage_id.id].removeprefix("daya_kpb_followup.kpb_stage_")
            self.assertEqual(shown, life.last_stage(), life.story)
            self.assertFalse(unit.next_followup_date, life.story)
        endless = units.followup_ids.filtered(
            lambda call: call.state in OPEN_STATES or not (call.result and call.closed_at)
        )
        self.assertFalse(endless, endless.mapped("display_name"))
        listed = units.followup_ids.activity_ids.filtered("active")
        self.assertFalse(listed.mapped("res_name"), "still on a list")
        leads = self.env["crm.lead"].search([("kpb_purchase_id", "in", units.ids)])
        self.assertEqual(len(leads), len(leads.kpb_purchase_id), "a unit has two opportunities")
        accepted = {number for number, life in enumerate(self.lives) if life.answer == "yes"}
        self.assertEqual({self.story_of[unit.id] for unit in leads.kpb_purchase_id}, accepted)
        for number, life in enumerate(self.lives):
            if life.was_always_called and life.story.schedule != "options":
                self.assertEqual(len(self.unit(number).followup_ids), 14, life.story)
        self.assertGreater(len(set(units.mapped("status"))), 3, "the stories are too much alike")

    def tell(self, compared, said):
        """Say what was lived through."""
        calls = self.env["kpb.followup"].search([("purchase_id", "in", [*self.story_of])])
        _logger.info(
            "%s customers, %s calls, %s standings compared, ended as %s; calls: %s; said: %s",
            CUSTOMERS,
            len(calls),
            compared,
            dict(Counter(life.status for life in self.lives)),
            dict(Counter(calls.mapped("result"))),
            dict(said),
        )
