from urllib.parse import quote

from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.identity import IdentityRefused, parse_phone
from ..rules.outcomes import OPEN_STATES, Channel, State
from ..rules.schedule import Kind
from ..rules.script import Gap, greeting, merge_message, merge_script

#: Messages and scripts are Indonesian, whatever language the caller has on his screen.
CUSTOMER_LOCALE = "id_ID"
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
MARK = "kpb_message_channel"


class KpbFollowup(models.Model):
    """What is said and written to the customer: script, WhatsApp link, e-mail, SMS.

    A message that was sent is an attempt without an outcome: the answer is still to come, so it
    neither counts as a try nor moves the call.
    """

    _inherit = "kpb.followup"

    script = fields.Html(
        "Script of This Call",
        compute="_compute_script",
        help="The milestone's script with the names and dates of this call filled in.",
    )

    @api.depends("call_script", "partner_id", "branch_id", "purchase_id", "user_id")
    @api.depends_context("lang", "uid")
    def _compute_script(self):
        for followup in self:
            script = merge_script(followup.call_script or "", followup._customer_words())
            followup.script = followup._coupon_warning() + Markup(script)

    def _coupon_warning(self):
        """Return a paragraph for the caller where the script speaks of a coupon that has ended."""
        if not self.coupon_end or self.coupon_days_left >= 0:
            return Markup()
        warning = self.env._(
            "The coupon ended on %s: do not promise a free service, offer a regular one.",
            self._indonesian_day(self.coupon_end),
        )
        return Markup('<p class="text-danger fw-bold">%s</p>') % warning

    @api.model
    def _indonesian_day(self, day):
        return babel_date(day, "d MMMM y", locale=CUSTOMER_LOCALE)

    def _customer_words(self):
        """Return what fills the gaps of scripts and messages, nothing where it is not known."""
        self.ensure_one()
        branch = self.branch_id
        now = branch._local(fields.Datetime.now())
        return {
            Gap.GREETING: greeting(now.hour),
            Gap.CUSTOMER: self.partner_id.name,
            Gap.CALLER: self.env.user.name,
            Gap.BRANCH: branch.name,
            Gap.UNIT: self.product_id.name,
            Gap.PLATE: self.license_plate,
            Gap.COUPON_END: self.coupon_end and self._indonesian_day(self.coupon_end),
            Gap.APPOINTMENT: self.state == State.APPOINTMENT and self._appointment_words(),
        }

    def _appointment_words(self):
        """Return the agreed time as a customer reads it: Senin, 23 November 2026 pukul 09.30."""
        moment = self.branch_id._local(self.appointment_at)
        words = babel_datetime(moment, "EEEE, d MMMM y 'pukul' HH.mm", locale=CUSTOMER_LOCALE)
        return f"{words} {ZONE_NAMES.get(self.branch_id.tz, '')}".strip()

    def _message_text(self):
        """Return the milestone's message for this customer, plain text."""
        self.ensure_one()
        words = self._customer_words()
        if self.coupon_days_left < 0:
            words[Gap.COUPON_END] = None  # a customer is not invited with what he has missed
        return merge_message(self.milestone_id.whatsapp_template or "", words)

    # who may be reached, and how
    def _contact_refusal(self):
        """Return the sentence that says why the customer is not to be contacted, or None."""
        self.ensure_one()
        partner = self.partner_id
        if not partner._kpb_refuses(Kind(self.milestone_id.kind)):
            return None
        reason = partner.kpb_do_not_contact_reason
        if reason:
            return self.env._(
                "%(customer)s asked not to be contacted (%(reason)s). Do not call or write.",
                customer=partner.name,
                reason=reason,
            )
        return self.env._("%s asked not to be contacted. Do not call or write.", partner.name)

    def _customer_phone(self):
        """Return the customer's number, ``rules.identity.Phone``.

        :raises IdentityRefused: there is none, or it cannot be a number
        """
        return parse_phone(self.partner_id.phone)

    def _whatsapp_url(self):
        """Return the link that opens the customer's chat with the milestone's text filled in.

        :raises UserError: the customer refuses contact, or has no mobile number
        """
        self._refuse_contact()
        try:
            number = self._customer_phone().whatsapp_number()
        except IdentityRefused as refused:
            raise UserError(self.env["kpb.identity.text"]._sentence(refused)) from None
        if not number:
            raise UserError(
                self.env._(
                    "WhatsApp: %s is a landline. Ask the customer for a mobile number.",
                    self.partner_id.phone,
                )
            )
        return f"https://wa.me/{number}?text={quote(self._message_text(), safe='')}"

    def _refuse_contact(self):
        refusal = self._contact_refusal()
        if refusal:
            raise UserError(refusal)

    # actions
    def action_whatsapp(self):
        """Open the customer's WhatsApp chat with the text filled in, and log that it was used.

        :return: the action that opens the chat in a new tab
        :raises UserError: the customer refuses contact, has no mobile number, the call is closed
        """
        self.ensure_one()
        self.check_access("write")
        url = self._whatsapp_url()
        self._log_message(Channel.WHATSAPP)
        return {"type": "ir.actions.act_url", "url": url, "target": "new"}

    def action_email(self):
        """Open Odoo's composer with the milestone's text; what is sent is logged."""
        self.ensure_one()
        self.check_access("write")
        self._refuse_contact()
        if not self.partner_id.email:
            raise UserError(self.env._("E-mail: %s has no e-mail address.", self.partner_id.name))
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Write an E-mail"),
            "context": {
                MARK: Channel.EMAIL.value,
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": self.partner_id.ids,
                "default_subject": self.display_name,
                "default_body": escape(self._message_text()).replace("\n", Markup("<br/>")),
                "default_email_layout_xmlid": "mail.mail_notification_light",
            },
        }

    def action_sms(self):
        """Open Odoo's SMS composer where that app is installed; what is sent is logged."""
        self.ensure_one()
        self.check_access("write")
        self._refuse_contact()
        if not self._can_sms():
            raise UserError(self.env._("SMS: install Odoo's SMS app first."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "sms.composer",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Send an SMS"),
            "context": {
                "default_res_model": self._name,
                "default_res_id": self.id,
                "default_composition_mode": "comment",
                "default_number_field_name": "phone",
                "default_body": self._message_text(),
            },
        }

    def _phone_get_country(self):
        """Return record id → country: numbers without one are Indonesian."""
        indonesia = self.env.ref("base.id")
        return dict.fromkeys(self.ids, indonesia) | super()._phone_get_country()

    def _can_sms(self):
        return "sms.composer" in self.env

    # business
    def _log_message(self, channel):
        """Note a message that was sent: an attempt without an outcome.

        :param Channel channel: how it was sent
        :raises UserError: the call is closed
        """
        self._lock_for_outcome()
        if self.state not in OPEN_STATES:
            raise UserError(self.env._("%s is closed already.", self.display_name))
        # sudo: attempts are written by this model only, whoever sends
        self.env["kpb.attempt"].sudo().create(
            {"followup_id": self.id, "user_id": self.env.uid, "channel": channel.value}
        )

    def _message_post_after_hook(self, message, msg_values):
        """Log e-mails and SMS that were sent to the customer from the call."""
        done = super()._message_post_after_hook(message, msg_values)
        channel = Channel.SMS if message.message_type == "sms" else self.env.context.get(MARK)
        if channel and self.partner_id in message.partner_ids and self.state in OPEN_STATES:
            self._log_message(Channel(channel))
        return done
