from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from .common import PURCHASE_DAY, KpbCase, at_noon

#: Six o'clock in Jakarta on the day of the STNK call.
SIX = datetime(2025, 3, 24, 23)


class TestDailySummary(KpbCase):
    """One mail a day per person who has something to call, and not one per activity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mails = cls.env["mail.mail"]
        cls.people = cls.sales | cls.admin_crm | cls.pic_crm | cls.kacab | cls.sister_sales
        for user in cls.people:
            user.email = f"{user.login}@example.com"
        with at_noon(PURCHASE_DAY):
            cls.purchases = [cls.make_purchase() for _number in range(3)]

    def send(self, moment):
        """Return the mails that a run at a moment makes."""
        known = self.mails.search([])
        with freeze_time(moment):
            self.run_cron("summary")
        found = self.mails.search([]) - known
        return found.filtered(lambda mail: mail.recipient_ids <= self.people.partner_id)

    def test_generation_and_reconciliation_send_nothing(self):
        tables = ("mail_mail", "mail_notification", "mail_followers", "mail_message")
        before = self.rows_as_written(*tables)
        self.generate(self.after(15))
        self.run_cron("reconcile", self.after(15))
        ours = self.env["kpb.followup"].search([("branch_id", "child_of", self.head_office.id)])
        self.assertEqual(len(ours.activity_ids), 3)
        self.assertEqual(self.rows_as_written(*tables), before)

    def test_one_mail_per_person_and_local_day(self):
        self.generate(self.after(15))
        mail = self.send(SIX)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.sales.partner_id)
        self.assertIn("3", mail.subject)
        self.assertFalse(self.send(SIX.replace(minute=30)))
        self.assertFalse(self.send(datetime(2025, 3, 25, 16, 59)), "the same day in Jakarta")
        self.assertEqual(len(self.send(datetime(2025, 3, 25, 23))), 1, "the day after")

    def test_none_before_six_in_the_morning(self):
        self.generate(self.after(15))
        self.assertFalse(self.send(datetime(2025, 3, 24, 22, 59)))
        self.assertFalse(self.send(datetime(2025, 3, 24, 17, 1)))
        self.assertEqual(len(self.send(SIX)), 1)

    def test_six_is_six_on_the_branch_s_own_clock(self):
        self.branch.tz = "Asia/Jayapura"
        self.generate(self.after(15))
        self.assertFalse(self.send(datetime(2025, 3, 24, 20, 59)))
        self.assertEqual(len(self.send(datetime(2025, 3, 24, 21))), 1)

    def test_none_for_who_has_nothing_due(self):
        self.assertFalse(self.send(SIX))
        self.generate(self.after(15))
        with at_noon(self.after(15)):
            for call in self.env["kpb.followup"].search([("user_id", "=", self.sales.id)]):
                call.with_user(self.sales).log_attempt("call_back", call_back_on=self.after(40))
        self.assertFalse(self.send(datetime(2025, 3, 25, 23)))

    def test_a_call_without_owner_mails_nobody(self):
        (self.sales | self.pic_crm | self.kacab).action_archive()
        self.generate(self.after(15))
        self.assertFalse(self.send(SIX))

    def test_overdue_and_today_are_counted_apart(self):
        self.generate(self.after(15))
        with at_noon(self.after(15)):
            self.make_purchase(self.after(1))
        self.generate(self.after(16))
        mail = self.send(datetime(2025, 3, 25, 23))
        body = " ".join(mail.body_html.split())
        self.assertIn("<b>1</b>", body)
        self.assertIn("<b>3</b>", body)

    def test_who_is_asked_reads_how_many_answers_wait(self):
        self.pic_crm.lang = "en_US"
        self.generate(self.after(15))
        day = self.after(24)
        self.run_cron("escalate", day)
        lines = self.env["kpb.escalation"].search([("user_id", "=", self.pic_crm.id)])
        self.assertEqual(set(lines.mapped("state")), {"open"})
        lines[0].due_on = self.after(23)
        mails = self.send(datetime(2025, 4, 2, 23))
        mail = mails.filtered(lambda mail: mail.recipient_ids == self.pic_crm.partner_id)
        self.assertEqual(len(mail), 1)
        self.assertIn(f"to answer: {len(lines)}", mail.subject)
        body = " ".join(mail.body_html.split())
        self.assertIn(f"<b>{len(lines)}</b>", body)
        self.assertIn("Past their time: <b>1</b>", body)
        self.assertIn("/odoo/kpb-escalations", body)
        with at_noon(day):
            for line in lines:
                line.with_user(self.pic_crm).reply("Sudah", resolved=True)
        mails = self.send(datetime(2025, 4, 3, 23))
        self.assertNotIn(self.pic_crm.partner_id, mails.recipient_ids)

    def test_the_mail_speaks_the_person_s_language(self):
        self.env["res.lang"]._activate_and_install_lang("id_ID")
        template = self.env.ref("daya_kpb_followup.mail_template_daily_summary")
        template.with_context(lang="id_ID").subject = "Tindak lanjut {{ ctx.get('kpb_today', 0) }}"
        self.sales.lang = "id_ID"
        self.generate(self.after(15))
        self.assertEqual(self.send(SIX).subject, "Tindak lanjut 3")

    def test_activities_speak_the_person_s_language(self):
        self.env["res.lang"]._activate_and_install_lang("id_ID")
        stnk = self.env.ref("daya_kpb_followup.kpb_milestone_sop_stnk")
        stnk.with_context(lang="id_ID").name = "Ambil STNK Uji"
        self.sales.lang = "id_ID"
        self.generate(self.after(15))
        activity = self.purchases[0].followup_ids.activity_ids
        self.assertIn("Ambil STNK Uji", activity.summary)

    def test_one_person_s_trouble_keeps_nobody_else_waiting(self):
        with at_noon(PURCHASE_DAY):
            self.make_purchase(branch=self.sister)
        self.generate(self.after(15))
        template = self.registry["mail.template"]
        send_mail = template.send_mail

        def refuse(record, res_id, *args, **kwargs):
            if res_id == self.sales.id:
                raise ValueError("no such address")
            return send_mail(record, res_id, *args, **kwargs)

        known = self.mails.search([])
        with patch.object(template, "send_mail", refuse), freeze_time(SIX):
            self.run_failing_cron("summary")
        told = (self.mails.search([]) - known).recipient_ids & self.people.partner_id
        self.assertEqual(told, self.sister_sales.partner_id)
        self.assertEqual(self.send(SIX).recipient_ids, self.sales.partner_id, "tried again")
