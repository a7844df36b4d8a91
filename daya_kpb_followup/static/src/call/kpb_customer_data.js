import { Component, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useAutofocus, useService } from "@web/core/utils/hooks";

import { refusalOf } from "./kpb_refusal";

/**
 * The five data items of a customer: what is on file, since when it is certain, and one click to
 * confirm or correct each of them. Everything goes into the ledger.
 */
export class KpbCustomerData extends Component {
    static template = "daya_kpb_followup.KpbCustomerData";
    static components = { DateTimeInput };
    static props = {
        purchaseId: Number,
        items: Array,
        onValidated: Function,
        readonly: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        useAutofocus({ refName: "entry" });
        this.state = useState({ item: "", value: "", place: "", date: "", error: "", busy: false });
    }

    /** Items that are there and that the customer has not confirmed today. */
    get confirmable() {
        return this.props.items.filter((line) => !line.missing && line.confirmed_days !== 0);
    }

    ageWords(line) {
        const days = line.confirmed_days;
        if (line.missing) {
            return _t("missing");
        }
        if (days === false) {
            return _t("never confirmed");
        }
        if (days === 0) {
            return line.changed ? _t("corrected today") : _t("confirmed today");
        }
        if (days < 60) {
            return _t("%s days ago", days);
        }
        return days < 730
            ? _t("%s months ago", Math.floor(days / 30.44))
            : _t("%s years ago", Math.floor(days / 365.25));
    }

    get birthDate() {
        return this.state.date ? deserializeDate(this.state.date) : false;
    }

    onBirthDate(day) {
        this.state.date = day ? serializeDate(day) : "";
    }

    edit(line) {
        if (this.state.item === line.item) {
            this.cancel();
            return;
        }
        const birth = line.item === "birth" ? line.entry : { place: "", date: "" };
        Object.assign(this.state, { ...birth, item: line.item, error: "" });
        this.state.value = line.item === "birth" ? "" : line.entry;
    }

    cancel() {
        Object.assign(this.state, { item: "", error: "" });
    }

    confirm(lines) {
        return this.validate(Object.fromEntries(lines.map((line) => [line.item, true])));
    }

    correct() {
        const { item, value, place, date } = this.state;
        return this.validate({ [item]: item === "birth" ? { place, date } : value });
    }

    async validate(values) {
        if (this.state.busy) {
            return;
        }
        Object.assign(this.state, { busy: true, error: "" });
        try {
            await this.orm.call("kpb.purchase", "validate_customer", [[this.props.purchaseId]], {
                channel: "phone",
                values,
            });
            this.state.item = "";
            await this.props.onValidated();
        } catch (error) {
            this.state.error = refusalOf(error);
        } finally {
            this.state.busy = false;
        }
    }

    onKeydown(ev) {
        if (ev.target.matches(".o_datetime_input")) {
            return;
        }
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.correct();
        } else if (ev.key === "Escape") {
            ev.stopPropagation();
            this.cancel();
        }
    }
}
