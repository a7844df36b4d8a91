from odoo import api, fields, models, tools

from ..rules.coupon import Window


class KpbCouponWindow(models.Model):
    """Until when a free-service coupon is valid, by the leading characters of the engine number.

    The row with the longest matching prefix applies; an empty prefix is the default. Days count
    from the purchase and include the grace; days or kilometres, whichever comes first.
    """

    _name = "kpb.coupon.window"
    _description = "Coupon Window"
    _order = "engine_prefix, kpb_number"

    engine_prefix = fields.Char(
        help="First characters of the engine number. Empty: every other engine."
    )
    models_note = fields.Char("Models", help="Which motorcycles carry these engines.")
    kpb_number = fields.Integer("KPB", required=True)
    max_days = fields.Integer(
        "Last Day", required=True, help="Days after purchase, grace included."
    )
    max_km = fields.Integer("Last Kilometre", required=True)
    grace_days = fields.Integer("Grace (days)", default=15, required=True)

    _prefix_number_unique = models.UniqueIndex(
        "(COALESCE(engine_prefix, ''), kpb_number)",
        "This engine prefix has a window for this KPB already.",
    )
    _figures_sensible = models.Constraint(
        "CHECK(kpb_number BETWEEN 1 AND 4 AND max_days > grace_days AND grace_days >= 0"
        " AND max_km > 0)",
        "A coupon window is for KPB 1 to 4, its last day lies after its grace, and its kilometres"
        " are more than zero.",
    )

    @api.depends("engine_prefix", "kpb_number")
    def _compute_display_name(self):
        for window in self:
            window.display_name = f"{window.engine_prefix or '*'} · KPB {window.kpb_number}"

    @api.model_create_multi
    def create(self, vals_list):
        """Add figures; the units that wait for the end of their coupons are looked at again."""
        windows = super().create(vals_list)
        windows._changed()
        return windows

    def write(self, vals):
        """Change figures; the units that wait for the end of their coupons are looked at again."""
        done = super().write(vals)
        self._changed()
        return done

    def unlink(self):
        """Remove figures; the units that wait for their end are looked at again."""
        done = super().unlink()
        self._changed()
        return done

    @api.model
    def load(self, fields, data):
        """Take in rows; what ships with the addon are defaults that an update leaves alone."""
        return super(KpbCouponWindow, self.with_context(noupdate=True)).load(fields, data)

    @api.model
    def _changed(self):
        self.env.registry.clear_cache()
        # sudo: the table is the same for the units of every branch
        self.env["kpb.purchase"].sudo()._look_again_at_waiting_units()

    @api.model
    @tools.ormcache()
    def _rule_table(self):
        """Return all rows as the rules know them: a tuple of ``rules.coupon.Window``.

        Kept until a row changes: every call, visit and unit asks for it.
        """
        return tuple(
            Window(
                engine_prefix=(window.engine_prefix or "").strip().upper(),
                kpb_number=window.kpb_number,
                max_days=window.max_days,
                max_km=window.max_km,
                grace_days=window.grace_days,
            )
            for window in self.sudo().search([])  # sudo: the table is the same for everybody
        )
