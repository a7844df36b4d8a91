from odoo.exceptions import AccessError, UserError

from .call_case import TOMORROW, CallCase


class TestAttemptLedger(CallCase):
    """What happened, happened: attempts and validations are added to, by the engine alone."""

    def setUp(self):
        super().setUp()
        self.call = self.make_call("kpb2")
        self.people = {
            "caller": self.admin_crm,
            "manager": self.kacab,
            "head office": self.pic_crm,
            "administrator": self.env.ref("base.user_admin"),
        }
        self.people["administrator"].group_ids |= self.env.ref("daya_kpb_followup.kpb_group_admin")

    def rows_of(self, user):
        attempt = self.log(self.call, "no_answer", user=user, note="Catatan")
        validation = self.call.purchase_id.with_user(user).validate_customer(
            "phone", {"name": "Siti Aminah"}
        )
        return attempt.with_user(user), validation.with_user(user)

    def test_nobody_changes_or_removes_a_row(self):
        self.call.milestone_id.attempt_limit = 50
        for who, user in self.people.items():
            for row in self.rows_of(user):
                with self.subTest(who=who, row=row._name):
                    self.assertRefused(
                        lambda row=row: row.write({"user_id": self.kacab.id}), error=Exception
                    )
                    self.assertRefused(row.unlink, error=AccessError)
                    self.assertRefused(
                        lambda row=row: row.copy({"followup_id": self.call.id}), error=AccessError
                    )

    def test_nobody_adds_a_row_by_hand(self):
        unit = self.call.purchase_id
        for user in self.people.values():
            self.assertRefused(
                lambda user=user: (
                    self.env["kpb.attempt"]
                    .with_user(user)
                    .create({"followup_id": self.call.id, "channel": "phone", "outcome": "refused"})
                ),
                error=AccessError,
            )
            self.assertRefused(
                lambda user=user: (
                    self.env["kpb.validation"]
                    .with_user(user)
                    .create(
                        {
                            "purchase_id": unit.id,
                            "partner_id": unit.partner_id.id,
                            "item": "name",
                            "channel": "odm",
                        }
                    )
                ),
                error=AccessError,
            )
            for command in (
                [(0, 0, {"channel": "phone", "outcome": "refused"})],
                [(5,)],
            ):
                self.log(self.call, "call_back", user=user, call_back_on=TOMORROW)
                with self.assertRaises(UserError):
                    self.call.with_user(user).write({"attempt_ids": command})

    def test_not_even_the_engine_changes_an_attempt(self):
        attempt = self.log(self.call, "no_answer").sudo()
        self.assertRefused(lambda: attempt.write({"note": "lain"}), "Log a new one")
        self.assertRefused(attempt.unlink, "Log a new one")

    def test_other_branches_see_nothing(self):
        attempt, validation = self.rows_of(self.admin_crm)
        for row in (attempt, validation):
            stranger = row.with_user(self.sister_admin)
            self.assertFalse(stranger.search([("id", "=", row.id)]))
            with self.assertRaises(AccessError):
                stranger.read(["user_id"])

    def test_the_time_is_told_by_the_clock_of_the_branch(self):
        self.branch.tz = "Asia/Jayapura"
        attempt = self.log(self.call, "no_answer").with_context(lang="en_US")
        self.assertIn("No answer", attempt.display_name)
        self.assertRegex(attempt.display_name, r"12:00:\d\d")
