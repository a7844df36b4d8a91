import re

from odoo import api, models
from odoo.tools import plaintext2html

from ..rules.outcomes import OPEN_STATES, Place, State
from ..rules.schedule import working_day_on_or_after
from .kpb_branch import HORIZON


class KpbOutcomeEffect(models.AbstractModel):
    """What a customer's answer sets off on the unit, beside the call itself (P9, S3)."""

    _name = "kpb.outcome.effect"
    _description = "Effect of an Outcome"

    def _record_visit_by_word(self, followup, place, note):
        """Record the service that the customer told about, unless it is recorded already.

        :param followup: the call in which it was said; the visit closes it
        :param Place place: where the unit was serviced, by the customer's word
        :param str note: what else was said; names the dealer where it is outside the group
        """
        number = followup.milestone_id.kpb_number
        known = self.visit_ids.filtered(lambda visit: number and visit.kpb_number == number)
        if known:
            followup._close_by_visit(known)
            return
        vals = {
            "purchase_id": self.id,
            "date": self.branch_id._today(),
            "place": place.value,
            "kpb_number": number,
            "note": note or self.env._("By the customer's word"),
        }
        if place == Place.ELSEWHERE:
            vals["dealer_name"] = note or self.env._("Not named")
        elif place == Place.SISTER:
            vals["branch_id"] = self._sister_named(note).id
        self.env["kpb.visit"].create(vals)

    def _sister_named(self, note):
        """Return the other branch of the group that a note names, empty for none or several.

        Its people are asked when the service climbs (S5).

        :param str note: the caller's words, with the name or the code of the branch
        """
        self.ensure_one()
        said = self._plain_words(note)
        sisters = self.env["kpb.branch"].search([("id", "!=", self.branch_id.id)])
        named = sisters.filtered(
            lambda branch: any(
                self._plain_words(name) in said for name in (branch.name, branch.code)
            )
        )
        return named if len(named) == 1 else named.browse()

    @api.model
    def _plain_words(self, text):
        """Return a text such that whole words can be looked for in it."""
        return f" {re.sub(r'[^0-9a-z]+', ' ', (text or '').casefold()).strip()} "

    @api.model
    def _assign_tasks(self, type_name, role_code, about, find=None):
        """Give somebody of a role a task on every unit that has none of the type yet.

        It shows in the person's list, in his language; nobody gets a mail for it.

        :param str type_name: xml id (without module) of the ``mail.activity.type``
        :param str role_code: who is to do it; the usual stand-ins where the role is empty
        :param dict about: unit → the record that the task is about, named in its summary
        :param find: a finder of ``kpb.assignment`` that is there already
        """
        activity_type = self.env.ref(f"daya_kpb_followup.{type_name}")
        role = self.env.ref(f"daya_kpb_followup.kpb_role_{role_code}")
        find = find or self.env["kpb.assignment"]._finder()
        units = (
            self.browse()
            .concat(*about)
            .filtered(lambda unit: activity_type not in unit.activity_ids.activity_type_id)
        )
        day = self._next_working_days(units.branch_id)
        doers = {unit: find(unit.branch_id, role, self.env["res.users"]) for unit in units}
        users = self.env["res.users"].browse({user.id for user, _reason in doers.values()})
        langs = {user.id: user.lang for user in users | self.env.user}
        subjects = self._subjects({about[unit]: langs.get(doers[unit][0].id) for unit in units})
        vals_list = []
        for unit in units:
            user, reason = doers[unit]
            user = user or self.env.user
            spoken = activity_type.with_context(lang=langs[user.id])
            vals_list.append(
                {
                    "activity_type_id": activity_type.id,
                    "date_deadline": day[unit.branch_id],
                    "note": reason or spoken.default_note,
                    "summary": f"{spoken.name}: {subjects[about[unit]]}",
                    "user_id": user.id,
                }
            )
        self.env["kpb.activity.batch"]._create(units, vals_list)

    @api.model
    def _next_working_days(self, branches):
        """Return branch → the first working day from its today on."""
        today = {branch: branch._today() for branch in branches}
        if not today:
            return {}
        working = branches._working_days_each(min(today.values()), max(today.values()) + HORIZON)
        return {
            branch: working_day_on_or_after(today[branch], *working[branch]) for branch in branches
        }

    @api.model
    def _subjects(self, lang_of):
        """Return record → its name in a language, all of a language read together.

        :param dict lang_of: record → code of the language
        """
        names = {}
        for lang in set(lang_of.values()):
            records = [record for record in lang_of if lang_of[record] == lang]
            spoken = records[0].browse().concat(*records).with_context(lang=lang)
            names |= dict(zip(records, spoken.mapped("display_name"), strict=True))
        return names

    def _finish_task(self, type_name):
        """End the task of a type on the units, whoever has it."""
        activity_type = self.env.ref(f"daya_kpb_followup.{type_name}")
        # sudo: the task may be a colleague's
        self.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == activity_type
        ).action_feedback()

    def _withdraw_tasks(self, attempt):
        """Take back the tasks that an attempt gave to colleagues, as far as they are still open."""
        own = self.env["mail.activity.type"].search([("res_model", "=", self._name)])
        self.activity_ids.filtered(
            lambda task: (
                task.activity_type_id in own
                and task.create_uid == attempt.user_id
                and task.create_date >= attempt.create_date
            )
        ).unlink()

    def _stop(self, result, note, besides=None):
        """End all calls about the unit (P9: STOP).

        :param Result result: how its open follow-ups end
        :param str note: in words
        :param besides: a follow-up that ends in its own way
        """
        self.status = "stopped"
        others = self.followup_ids - (besides or self.followup_ids.browse())
        others.filtered(lambda followup: followup.state in OPEN_STATES)._close(
            State.CANCELLED, result, note=note or False
        )

    def _open_opportunity(self, note):
        """Turn the customer's yes into one opportunity for the seller's team (P9)."""
        self.status = "prospect"
        if self.lead_id:
            return
        # who has left the branch no longer reads its customers
        seller = self.salesperson_id.filtered("active") & self.branch_id.access_user_ids
        self.lead_id = self.env["crm.lead"].create(
            {
                "name": self.env._("New unit for %s", self.partner_id.name),
                "type": "opportunity",
                "partner_id": self.partner_id.id,
                "kpb_purchase_id": self.id,
                "kpb_branch_id": self.branch_id.id,
                "user_id": seller.id,
                "team_id": self.env["crm.team"]._get_default_team_id(user_id=seller.id).id,
                "description": plaintext2html(
                    self.env._(
                        "Old unit: %(unit)s, %(plate)s, bought %(date)s at %(branch)s. %(note)s",
                        unit=self.product_id.display_name or "",
                        plate=self.license_plate or self.chassis_number,
                        date=self.purchase_date,
                        branch=self.branch_id.name,
                        note=note or "",
                    )
                ),
            }
        )
