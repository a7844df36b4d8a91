import { Component } from "@odoo/owl";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

/** States of a record in which its dates no longer press. */
const CLOSED_STATES = ["done", "failed", "cancelled"];

/**
 * A date as the exact number of days from today: "3 days late", "Today", "28 days left".
 *
 * The standard widget says "last month" where a caller needs to know how many days remain.
 * Options: `meaning` is "deadline" or "end" (of a coupon); from `warn_days` days before the date
 * on, a warning sign stands in front of the words. A closed record shows the plain date.
 */
export class KpbDaysField extends Component {
    static template = "daya_kpb_followup.KpbDaysField";
    static props = {
        ...standardFieldProps,
        meaning: { type: String, optional: true },
        warnDays: { type: Number, optional: true },
    };
    static defaultProps = { meaning: "deadline", warnDays: 0 };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get formattedDate() {
        return formatDate(this.value);
    }

    get isClosed() {
        return CLOSED_STATES.includes(this.props.record.data.state);
    }

    get days() {
        const today = DateTime.local().startOf("day");
        return Math.round(this.value.startOf("day").diff(today, "days").days);
    }

    get words() {
        if (this.isClosed) {
            return this.formattedDate;
        }
        return this.props.meaning === "end" ? this.endWords : this.deadlineWords;
    }

    get deadlineWords() {
        const days = this.days;
        if (days < -1) {
            return _t("%s days late", -days);
        }
        if (days > 1) {
            return _t("In %s days", days);
        }
        return { "-1": _t("1 day late"), 0: _t("Today"), 1: _t("Tomorrow") }[days];
    }

    get endWords() {
        const days = this.days;
        if (days < -1) {
            return _t("Ended %s days ago", -days);
        }
        if (days > 1) {
            return _t("%s days left", days);
        }
        return { "-1": _t("Ended yesterday"), 0: _t("Last day"), 1: _t("1 day left") }[days];
    }

    /** How much it presses: "over", "warn" or nothing. */
    get urgency() {
        if (this.isClosed || this.days > this.props.warnDays) {
            return "";
        }
        return this.days < 0 ? "over" : "warn";
    }

    get className() {
        return { over: "fw-bold text-danger", warn: "fw-bold text-warning-emphasis" }[this.urgency];
    }
}

export const kpbDaysField = {
    component: KpbDaysField,
    displayName: _t("KPB Days"),
    supportedTypes: ["date"],
    extractProps: ({ options }) => ({
        meaning: options.meaning,
        warnDays: options.warn_days,
    }),
};

registry.category("fields").add("kpb_days", kpbDaysField);
