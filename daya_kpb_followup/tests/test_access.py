from contextlib import suppress

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .common import KpbCase, at_noon

#: A number that must not appear where it is not meant to be.
NIK = "3273011203900001"
#: model → who may do what in his own branches: Caller, Manager, Administrator of KPB.
#: r read (and search), w write, c create, u unlink.
MATRIX = {
    "kpb.role": ("r", "r", "rwcu"),
    "kpb.stage": ("r", "r", "rw"),
    "kpb.lost.reason": ("r", "r", "rwcu"),
    "kpb.coupon.window": ("r", "r", "rwcu"),
    "kpb.branch": ("r", "r", "rwcu"),
    "kpb.branch.member": ("r", "rwcu", "rwcu"),
    "kpb.schedule": ("r", "r", "rwcu"),
    "kpb.milestone": ("r", "r", "rwcu"),
    "kpb.purchase": ("rwc", "rwc", "rwcu"),
    "kpb.followup": ("rw", "rw", "rw"),
    "kpb.visit": ("rc", "rc", "rwcu"),
    "kpb.attempt": ("r", "r", "r"),
    "kpb.validation": ("r", "r", "r"),
    "kpb.import": ("", "", "rwcu"),
    "kpb.import.row": ("", "", "rw"),
    "kpb.escalation": ("r", "r", "r"),
    "kpb.escalation.rule": ("r", "r", "rwcu"),
    "kpb.escalation.level": ("r", "r", "rwcu"),
    "kpb.lost.episode": ("r", "r", "r"),
}
#: Facts that stay within their branch and the branches above it.
BRANCH_FACTS = ("kpb.purchase", "kpb.followup", "kpb.visit", "kpb.attempt", "kpb.validation")
TEXTS = ("char", "text", "html", "json")
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


class TestAccess(KpbCase):
    """Everybody sees the work of his branches and what lies below them, and nothing beside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.user("kpb_test_admin", "daya_kpb_followup.kpb_group_admin")
        cls.nowhere = cls.user("kpb_test_nowhere", "daya_kpb_followup.kpb_group_user")
        cls.nowhere_manager = cls.user("kpb_test_boss", "daya_kpb_followup.kpb_group_manager")
        cls.internal = cls.user("kpb_test_internal", "base.group_user")
        cls.portal = cls.user("kpb_test_portal", "base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.env.ref("base.group_allow_export").user_ids |= cls.env["res.users"].search(
            [("share", "=", False)]
        )
        cls.facts = {branch: cls.make_facts(branch) for branch in (cls.branch, cls.sister)}

    @classmethod
    def user(cls, login, groups):
        return new_test_user(cls.env, login=login, groups=groups)

    @classmethod
    def make_facts(cls, branch):
        """Return model → the record of each fact in a branch."""
        with at_noon(cls.day(15)):
            purchase = cls.make_purchase(branch=branch)
            purchase.partner_id.write({"nik": NIK, "phone": "+6281234567890"})
            with_owner = cls.env["kpb.generator"]
            with_owner._generate_chunk({branch: branch._today()}, purchase)
            followup = purchase.followup_ids
            attempt = followup.log_attempt("no_answer", note="tidak diangkat")
            validation = purchase.validate_customer("phone", {"nik": NIK})
            visit = cls.env["kpb.visit"].create({"purchase_id": purchase.id, "kpb_number": 1})
        return {record._name: record for record in (purchase, followup, attempt, validation, visit)}

    @classmethod
    def day(cls, number):
        return cls.after(cls, number)

    # the matrix
    def test_the_matrix_names_every_model(self):
        ours = self.env["ir.model"].search([("model", "=like", "kpb.%"), ("abstract", "=", False)])
        stored = ours.filtered(
            lambda model: not model.transient and self.env[model.model]._auto
        ).mapped("model")
        self.assertCountEqual(stored, MATRIX)

    def test_each_group_may_do_what_the_matrix_says(self):
        for model, rights in MATRIX.items():
            for user, may in zip((self.sales, self.kacab, self.admin), rights, strict=True):
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model, user=user.login, operation=operation):
                        allowed = self.env[model].with_user(user).has_access(operation)
                        self.assertEqual(allowed, letter in may)

    def test_who_is_outside_the_groups_may_nothing(self):
        for user in (self.internal, self.portal, self.public):
            for model in MATRIX:
                with self.subTest(model, user=user.login):
                    for operation in OPERATIONS.values():
                        self.assertFalse(self.env[model].with_user(user).has_access(operation))
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    # the branches
    def test_facts_stay_in_their_branch_and_above(self):
        table = [
            (self.sales, True, False),
            (self.kacab, True, False),
            (self.sister_admin, False, True),
            (self.pic_crm, True, True),
            (self.admin, True, True),
            (self.nowhere, False, False),
            (self.nowhere_manager, False, False),
        ]
        for user, sees_own, sees_sister in table:
            for branch, sees in [(self.branch, sees_own), (self.sister, sees_sister)]:
                for model in BRANCH_FACTS:
                    with self.subTest(model, user=user.login, branch=branch.name):
                        self.assertSees(user, self.facts[branch][model], sees)

    def assertSees(self, user, fact, sees):
        fact = fact.with_user(user)
        fact.invalidate_recordset()
        here = [("id", "=", fact.id)]
        self.assertEqual(fact.search_count(here), int(sees))
        self.assertEqual(bool(fact.formatted_read_group(here, [], ["__count"])[0]["__count"]), sees)
        if sees:
            self.assertTrue(fact.read(["display_name"]))
            return
        for attempt in (
            lambda: fact.read(["display_name"]),
            lambda: fact.export_data(["display_name"]),
            lambda: fact.check_access("read"),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_nothing_is_written_across_branches(self):
        facts = self.facts[self.branch]
        for user in (self.sister_admin, self.sister_sales, self.nowhere, self.nowhere_manager):
            purchase = facts["kpb.purchase"].with_user(user)
            followup = facts["kpb.followup"].with_user(user)
            for change in (
                lambda p=purchase: p.write({"license_plate": "D 1 X"}),
                lambda p=purchase: p.validate_customer("phone", {"name": "Lain"}),
                lambda f=followup: f.log_attempt("no_answer"),
                lambda f=followup: f.message_post(body="halo"),
                lambda f=followup: f.action_retry(),
                lambda p=purchase, u=user: (
                    self.env["kpb.visit"]
                    .with_user(u)
                    .create({"purchase_id": p.id, "kpb_number": 2})
                ),
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRaises(AccessError),
                    self.cr.savepoint(),
                ):
                    change()

    def test_a_manager_changes_the_team_of_his_own_branches_only(self):
        line = {"role_id": self.roles["kabeng"].id, "user_id": self.sales.id}
        members = self.env["kpb.branch.member"].with_user(self.kacab)
        self.assertTrue(members.create({**line, "branch_id": self.branch.id}))
        for branch in (self.sister, self.head_office):
            with self.assertRaises(AccessError), self.cr.savepoint():
                members.create({**line, "branch_id": branch.id})

    def test_an_ended_membership_closes_the_door_at_once(self):
        purchase = self.facts[self.branch]["kpb.purchase"].with_user(self.sales)
        self.assertTrue(purchase.has_access("read"))
        self.env["kpb.branch.member"].search([("user_id", "=", self.sales.id)]).active = False
        self.assertFalse(purchase.has_access("read"))
        self.assertFalse(purchase.search([("id", "=", purchase.id)]))

    # what people may not do by hand
    def test_who_sees_a_branch_follows_from_its_members_only(self):
        system = self.env.ref("base.user_admin")
        people = self.env["res.users"].with_user(system).with_context(lang="en_US")
        self.assertFalse(people.env.su)
        given = [Command.set(self.sister.ids)]
        new = {"name": "Orang Baru", "login": "kpb_test_new"}
        sentence = "May See These Branches: .*members of the branch"
        for change in (
            lambda: people.browse(self.sales.id).write({"kpb_branch_ids": given}),
            lambda: people.create({**new, "kpb_branch_ids": given}),
            lambda: people.with_context(default_kpb_branch_ids=self.sister.ids).create(new),
        ):
            with self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
                change()
        imported = people.load(
            ["name", "login", "kpb_branch_ids/.id"],
            [["Lain", "kpb_test_load", str(self.sister.id)]],
        )
        self.assertFalse(imported["ids"])
        self.assertRegex(imported["messages"][0]["message"], sentence)
        self.assertFalse(self.sister.with_user(self.sales).is_mine)
        # what the refusal tells to do
        self.sister.with_user(self.admin).member_ids = [
            Command.create({"role_id": self.roles["kabeng"].id, "user_id": self.sales.id})
        ]
        self.assertTrue(self.sister.with_user(self.sales).is_mine)

    def test_attempts_and_validations_are_kept_as_they_are(self):
        for model in ("kpb.attempt", "kpb.validation"):
            for user in (self.sales, self.kacab, self.admin):
                fact = self.facts[self.branch][model].with_user(user)
                for change in ("unlink", "copy"):
                    with self.assertRaises(UserError), self.cr.savepoint():
                        getattr(fact, change)()
                with self.assertRaises(UserError), self.cr.savepoint():
                    fact.write({"date": "2025-01-01"})

    # identity numbers
    def test_a_nik_is_for_the_privacy_group_only(self):
        reader = self.user(
            "kpb_test_privacy",
            "daya_kpb_followup.kpb_group_user,daya_kpb_followup.kpb_group_privacy",
        )
        self.add_member(self.branch, "sales_admin", reader)
        partner = self.facts[self.branch]["kpb.purchase"].partner_id
        self.assertEqual(partner.with_user(reader).nik, NIK)
        for user in (self.sales, self.kacab, self.admin, self.internal):
            customer = partner.with_user(user)
            customer.invalidate_recordset()
            for attempt in (
                lambda c=customer: c.nik,
                lambda c=customer: c.read(["nik"]),
                lambda c=customer: c.search([("nik", "=", NIK)]),
                lambda c=customer: c.search([], order="nik", limit=1),
                lambda c=customer: c.formatted_read_group([], ["nik"]),
                lambda c=customer: c.export_data(["nik"]),
                lambda c=customer: c.write({"nik": "3273011203900002"}),
                lambda c=customer: c.env["kpb.purchase"].search([("partner_id.nik", "=", NIK)]),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    attempt()
            described = customer.fields_get()
            self.assertNotIn("nik", described)
            texts = [name for name, field in described.items() if field["type"] in TEXTS]
            self.assertNotIn(NIK, str(customer.read(texts)))

    def test_a_nik_leaves_no_trace_where_others_read(self):
        facts = self.facts[self.branch]
        purchase, followup = facts["kpb.purchase"], facts["kpb.followup"]
        purchase.partner_id.nik = "3273011203900002"
        self.env.flush_all()
        self.flush_tracking()
        texts = [record.display_name for record in facts.values()]
        texts += followup.activity_ids.mapped("summary")
        texts += [str(value) for value in (purchase + purchase).mapped("timeline")]
        for record in (purchase, followup, purchase.partner_id):
            for message in record.message_ids:
                texts += [message.body or "", message.subject or ""]
                for value in message.sudo().tracking_value_ids:
                    texts += [value.old_value_char or "", value.new_value_char or ""]
        texts += [
            text
            for row in self.env["kpb.validation"].search([("purchase_id", "=", purchase.id)])
            for text in (row.old_value or "", row.new_value or "")
        ]
        for text in texts:
            self.assertNotIn(NIK, text)
            self.assertNotIn("3273011203900002", text)
            self.assertNotIn("81234567890", text)

    def flush_tracking(self):
        with suppress(AttributeError):
            self.cr.precommit.run()

    def test_a_refusal_tells_no_more_than_it_must(self):
        purchase = self.facts[self.branch]["kpb.purchase"].with_user(self.sister_admin)
        with (
            mute_logger("odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError) as refused,
        ):
            purchase.read(["license_plate"])
        self.assertNotIn(NIK, str(refused.exception))
        self.assertNotIn("81234567890", str(refused.exception))
