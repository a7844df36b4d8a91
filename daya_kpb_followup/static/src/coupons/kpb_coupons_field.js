import { Component } from "@odoo/owl";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** From so many days before its end on, a coupon that is not used stands out. */
const WARN_DAYS = 14;

/**
 * The four free-service coupons of a unit: until when each is valid, used or not, when is called.
 *
 * Reads the JSON of `kpb.purchase.coupons`.
 */
export class KpbCouponsField extends Component {
    static template = "daya_kpb_followup.KpbCouponsField";
    static props = { ...standardFieldProps };

    get coupons() {
        const coupons = this.props.record.data[this.props.name] || [];
        return coupons.map((coupon) => ({ ...coupon, standing: this.standing(coupon) }));
    }

    date(value) {
        return value ? formatDate(deserializeDate(value)) : "";
    }

    /** How a coupon stands: words, and the colour that goes with them. */
    standing(coupon) {
        if (coupon.used) {
            return { words: _t("Used %s", this.date(coupon.used_on)), tone: "success" };
        }
        if (coupon.days_left < 0) {
            return { words: _t("Ended"), tone: "secondary" };
        }
        if (coupon.days_left <= WARN_DAYS) {
            return { words: _t("%s days left", coupon.days_left), tone: "warning" };
        }
        return { words: _t("%s days left", coupon.days_left), tone: "light border" };
    }
}

export const kpbCouponsField = {
    component: KpbCouponsField,
    displayName: _t("KPB Coupons"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("kpb_coupons", kpbCouponsField);
