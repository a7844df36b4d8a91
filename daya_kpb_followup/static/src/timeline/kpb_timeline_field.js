import { Component, onMounted, onPatched, useRef } from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    formatDateTime,
} from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { DateTime } = luxon;

/**
 * How each state of a step looks; the words are what tells, icon and colour only help.
 *
 * @returns {Object<string, {icon: string, label: string, tone: string}>}
 */
function looks() {
    return {
        done: { icon: "fa-check", label: _t("Done"), tone: "done" },
        failed: { icon: "fa-times", label: _t("Failed"), tone: "failed" },
        cancelled: { icon: "fa-ban", label: _t("Cancelled"), tone: "quiet" },
        skipped: { icon: "fa-minus", label: _t("Skipped"), tone: "quiet" },
        appointment: { icon: "fa-calendar-check-o", label: _t("Appointment"), tone: "now" },
        todo: { icon: "fa-phone", label: _t("To Call"), tone: "now" },
        late: { icon: "fa-exclamation", label: _t("Overdue"), tone: "late" },
        due: { icon: "fa-clock-o", label: _t("Due"), tone: "now" },
        coming: { icon: "fa-circle-o", label: _t("Coming"), tone: "coming" },
    };
}

/**
 * The steps of a unit's schedule from purchase to new-unit offer, in the order of their days.
 *
 * Reads the JSON of `kpb.purchase.timeline`. A step that has a follow-up opens it.
 */
export class KpbTimelineField extends Component {
    static template = "daya_kpb_followup.KpbTimelineField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.list = useRef("list");
        this.looks = looks();
        onMounted(() => this.showCurrent());
        onPatched(() => this.showCurrent());
    }

    get steps() {
        const steps = this.props.record.data[this.props.name] || [];
        const current = steps.find((step) => ["todo", "appointment", "due"].includes(step.state));
        const next = current || steps.find((step) => step.state === "coming");
        return steps.map((step) => ({
            ...step,
            look: this.looks[step.late ? "late" : step.state],
            date: this.shortDate(step.planned),
            isCurrent: step === next,
            details: JSON.stringify({ lines: this.details(step) }),
        }));
    }

    /** A date in the few letters that fit under a step: day and month, and the year if another. */
    shortDate(value) {
        const date = deserializeDate(value);
        const format = date.hasSame(DateTime.local(), "year") ? "d MMM" : "d MMM yy";
        return date.setLocale(localization.code?.replace("_", "-") || date.locale).toFormat(format);
    }

    /** Everything known about a step, one line each. */
    details(step) {
        const lines = [step.name, _t("Planned: %s", formatDate(deserializeDate(step.planned)))];
        if (step.coupon_end) {
            lines.push(_t("Coupon until: %s", formatDate(deserializeDate(step.coupon_end))));
        }
        if (step.coupon_used) {
            lines.push(_t("Coupon used: %s", formatDate(deserializeDate(step.coupon_used))));
        }
        if (step.coupon_left && step.coupon_left > 0) {
            lines.push(_t("Coupon left: %s days", step.coupon_left));
        }
        if (step.conflict) {
            lines.push(_t("The procedure calls after the coupon has ended."));
        }
        if (step.deadline) {
            lines.push(_t("Deadline: %s", formatDate(deserializeDate(step.deadline))));
        }
        if (step.caller) {
            lines.push(_t("Caller: %s", step.caller));
        }
        if (step.called) {
            const called = formatDate(deserializeDateTime(step.called));
            lines.push(_t("Called: %(called)s (tries: %(tries)s)", { called, tries: step.tries }));
        }
        if (step.appointment) {
            lines.push(
                _t("Appointment: %s", formatDateTime(deserializeDateTime(step.appointment)))
            );
        }
        if (step.came) {
            lines.push(_t("Came: %s", formatDate(deserializeDate(step.came))));
            lines.push(_t("Where: %s", step.where));
        }
        if (step.brought_by) {
            lines.push(_t("Brought by: %s", step.brought_by));
        }
        if (step.closed) {
            lines.push(_t("Closed: %s", formatDate(deserializeDateTime(step.closed))));
        }
        return lines;
    }

    /** On a narrow screen the steps lie in one row: bring the current one into sight. */
    showCurrent() {
        const list = this.list.el;
        const current = list?.querySelector("[aria-current]");
        if (current && list.scrollWidth > list.clientWidth) {
            list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
        }
    }

    open(step) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "kpb.followup",
            res_id: step.followup_id,
            views: [[false, "form"]],
        });
    }
}

export const kpbTimelineField = {
    component: KpbTimelineField,
    displayName: _t("KPB Timeline"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("kpb_timeline", kpbTimelineField);
