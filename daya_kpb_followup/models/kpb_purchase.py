from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..rules.outcomes import OPEN_STATES, Result

#: Changing one of these moves the calls that are open, and the one to come.
PLANNING_FIELDS = frozenset({"branch_id", "purchase_date", "schedule_id"})
#: Changing one of these moves the end of the coupon period.
PERIOD_FIELDS = frozenset({"engine_number", "purchase_date", "schedule_id"})
UNIT_NUMBERS = ("chassis_number", "engine_number", "license_plate")


class KpbPurchase(models.Model):
    """A motorcycle sold to a customer: the reason for every call of the next three years.

    It keeps a pointer to its next call (milestone, occurrence, date); the follow-up itself is
    created when that day comes, so the future takes no rows. The stage on the board follows from
    the facts: the last call that is open, else the next to come; LOST stays a visible stage
    (decision 7).
    """

    _name = "kpb.purchase"
    _description = "Unit Purchase"
    _inherit = [
        "kpb.quiet",
        "mail.activity.mixin",
        "kpb.parkable",
        "kpb.registration",
        "kpb.coupon.book",
        "kpb.standing",
        "kpb.next.call",
        "kpb.outcome.effect",
        "kpb.reachable",
        "kpb.timeline",
        "kpb.validated",
    ]
    _order = "purchase_date desc, id desc"
    _rec_names_search = [*UNIT_NUMBERS, "partner_id.name"]

    # who bought what, where, from whom
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="restrict", tracking=True
    )
    branch_id = fields.Many2one(
        "kpb.branch",
        required=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self._default_branch_id(),
    )
    salesperson_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        tracking=True,
        default=lambda self: self._default_salesperson_id(),
    )
    product_id = fields.Many2one("product.product", "Unit", ondelete="restrict", index=True)
    purchase_date = fields.Date(required=True, tracking=True)
    # the unit
    chassis_number = fields.Char(required=True, index="trigram", copy=False, tracking=True)
    engine_number = fields.Char(required=True, index="trigram", copy=False, tracking=True)
    license_plate = fields.Char(index="trigram", copy=False, tracking=True)
    # where it stands
    schedule_id = fields.Many2one(
        "kpb.schedule",
        compute="_compute_schedule_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        help="The revision in force when the unit was sold; a newer one does not change it.",
    )
    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, copy=False, index=True)
    # the facts
    followup_ids = fields.One2many("kpb.followup", "purchase_id", "Follow-ups")
    followup_count = fields.Integer(compute="_compute_followup_count")
    visit_ids = fields.One2many("kpb.visit", "purchase_id", "Visits")
    validation_ids = fields.One2many("kpb.validation", "purchase_id", "Validations")

    _chassis_unique = models.UniqueIndex(
        "(chassis_number)", "Chassis Number: this unit is registered already."
    )
    _engine_unique = models.UniqueIndex(
        "(engine_number)", "Engine Number: this unit is registered already."
    )
    # the units of a customer; those of a branch among a thousand namesakes
    _customer = models.Index("(partner_id, branch_id)")
    # the list of a branch
    _branch_list = models.Index("(branch_id, purchase_date DESC, id DESC)")

    # default
    @api.model
    def _default_branch_id(self):
        """Return the one branch at which the user works; none for who looks after several."""
        branch = self.env.user.kpb_member_ids.branch_id
        below = branch.search_count([("parent_id", "in", branch.ids)], limit=1)
        return branch if len(branch) == 1 and not below else branch.browse()

    @api.model
    def _default_salesperson_id(self):
        roles = self.env.user.kpb_member_ids.role_id.mapped("code")
        sells_here = "salesforce" in roles and self._default_branch_id()
        return self.env.user if sells_here else self.env["res.users"]

    # compute
    @api.depends("branch_id", "purchase_date")
    def _compute_schedule_id(self):
        for purchase in self:
            if not purchase.schedule_id and purchase.branch_id and purchase.purchase_date:
                # sudo: sellers need no right on the procedure to sell by it
                current = purchase.branch_id.sudo().schedule_id
                purchase.schedule_id = current._revision_at(purchase.purchase_date)

    @api.depends("followup_ids")
    def _compute_followup_count(self):
        for purchase in self:
            purchase.followup_count = len(purchase.followup_ids)

    @api.depends("partner_id", "license_plate", "chassis_number")
    def _compute_display_name(self):
        for purchase in self:
            customer = purchase.partner_id.sudo()  # sudo: who reads a unit reads whose it is
            words = (customer.name, purchase.license_plate or purchase.chassis_number)
            purchase.display_name = " · ".join(filter(None, words))

    # constraints
    @api.constrains("purchase_date", "branch_id")
    def _check_purchase_date(self):
        for purchase in self:
            if purchase.purchase_date > purchase.branch_id._today():
                raise ValidationError(
                    self.env._(
                        "Purchase Date of %(unit)s: %(date)s lies in the future. Enter the day of"
                        " the sale.",
                        unit=purchase.display_name,
                        date=purchase.purchase_date,
                    )
                )

    @api.constrains("chassis_number", "engine_number")
    def _check_unit_numbers(self):
        for purchase in self:
            for name in ("chassis_number", "engine_number"):
                if not purchase[name]:
                    raise ValidationError(
                        self.env._(
                            "%(field)s of the unit of %(customer)s: enter it as it stands in the"
                            " sales papers.",
                            field=self._fields[name]._description_string(self.env),
                            customer=purchase.partner_id.name,
                        )
                    )

    @api.constrains("salesperson_id", "branch_id")
    def _check_salesperson(self):
        if self.env.su and self.env.context.get("kpb_merging"):
            return  # whoever sold the unit has sold it, also when he did not come along
        for purchase in self.filtered("salesperson_id"):
            # sudo: the seller may also be a member of a branch above
            if purchase.salesperson_id not in purchase.branch_id.sudo().access_user_ids:
                raise ValidationError(
                    self.env._(
                        "Salesperson of %(unit)s: %(person)s is not a member of %(branch)s. Choose"
                        " a member, or add the person to the branch first.",
                        unit=purchase.display_name,
                        person=purchase.salesperson_id.name,
                        branch=purchase.branch_id.name,
                    )
                )

    # CRUD
    @api.model_create_multi
    def create(self, vals_list):
        """Register units and point each at its first call.

        :raises ValidationError: future date, chassis or engine number in use, foreign salesperson
        :raises AccessError: a branch that is not the user's
        """
        vals_list = [self._clean_numbers(vals) for vals in vals_list]
        self._refuse_foreign_branches({vals.get("branch_id") for vals in vals_list})
        self._refuse_taken_numbers(vals_list)
        purchases = super().create(vals_list)
        purchases._point_to_next_call()
        purchases.filtered("schedule_id.lost_without_visit").sudo()._judge()  # sudo: the engine's
        return purchases

    def write(self, vals):
        """Change units; a changed plan moves the calls that are still to come."""
        vals = self._clean_numbers(vals)
        if "branch_id" in vals:
            self._refuse_foreign_branches({vals["branch_id"]})
        self._refuse_taken_numbers([vals])
        done = super().write(vals)
        if PLANNING_FIELDS & vals.keys():
            self._replan_open_followups()
        if (PLANNING_FIELDS | {"status"}) & vals.keys():
            self._point_to_next_call()
        if PERIOD_FIELDS & vals.keys():
            self.sudo()._judge()  # sudo: the standing is the engine's
        if "stnk_state" in vals:
            self._stnk_moved()
        return done

    @api.model
    def _clean_numbers(self, vals):
        """Return the values with the unit's numbers as the registry writes them."""
        cleaned = dict(vals)
        for name in UNIT_NUMBERS:
            if isinstance(cleaned.get(name), str):
                words = cleaned[name].upper().split()
                cleaned[name] = (" " if name == "license_plate" else "").join(words)
        return cleaned

    @api.model
    def _refuse_foreign_branches(self, branch_ids):
        if self.env.su or self.env.user.has_group("daya_kpb_followup.kpb_group_admin"):
            return
        for branch in self.env["kpb.branch"].browse(filter(None, branch_ids)):
            # sudo: the list of people who may see a branch is not for everybody to read
            branch_sudo = branch.sudo()
            if self.env.user not in branch_sudo.access_user_ids:
                raise AccessError(
                    self.env._(
                        "Branch: %s is not one of your branches. Choose your own, or ask an"
                        " administrator to make you a member.",
                        branch_sudo.name,
                    )
                )

    def _refuse_taken_numbers(self, vals_list):
        for name, label in (
            ("chassis_number", self.env._("Chassis Number")),
            ("engine_number", self.env._("Engine Number")),
        ):
            numbers = [vals[name] for vals in vals_list if vals.get(name)]
            # sudo: the unit may be registered in a branch that the user cannot see
            taken = (
                self.sudo().search([(name, "in", numbers), ("id", "not in", self.ids)], limit=1)
                if numbers
                else self.browse()
            )
            twice = next((number for number in numbers if numbers.count(number) > 1), None)
            if taken or twice:
                raise ValidationError(
                    self.env._(
                        "%(field)s %(number)s is registered already (%(place)s). Open that unit"
                        " instead, or correct the number.",
                        field=label,
                        number=taken[name] or twice,
                        place=taken.branch_id.name or self.env._("twice in this entry"),
                    )
                )

    # actions
    def action_view_followups(self):
        """Open the unit's follow-ups."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "daya_kpb_followup.kpb_followup_action"
        )
        return {**action, "domain": [("purchase_id", "=", self.id)], "context": {}}

    # business
    def _replan_open_followups(self):
        """Move the follow-ups along with a corrected purchase date or branch.

        What was given up as too late goes by the corrected date as well.
        """
        # sudo: the days of a call are the engine's, readonly for people
        self.sudo().followup_ids.filtered(
            lambda followup: followup.state in OPEN_STATES or followup.result == Result.EXPIRED
        )._replan()
