import { Component, markup, onMounted, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { KpbAppointment } from "./kpb_appointment";
import { KpbCustomerData } from "./kpb_customer_data";
import { useCallKeys } from "./kpb_call_keys";
import { refusalOf } from "./kpb_refusal";

const MODEL = "kpb.followup";

/** What has been chosen and typed for one call; kept until the server has taken it. */
function blank() {
    return {
        outcome: "",
        group: "",
        note: "",
        at: "",
        weekend: false,
        weekendReason: "",
        callBackOn: "",
        error: "",
    };
}

/**
 * One call on one screen: whom to call, what to say, which data to check, what was answered.
 *
 * The server decides everything: which answers fit, which days are free, what happens next. Keys:
 * 1-9 choose an answer, Enter saves and opens the next call, Escape takes back a choice or closes.
 */
export class KpbCallDialog extends Component {
    static template = "daya_kpb_followup.KpbCallDialog";
    static components = { DateTimeInput, Dialog, KpbAppointment, KpbCustomerData };
    static props = { followupId: Number, close: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.state = useState({ sheet: null, entry: blank(), busy: false, last: null });
        this.done = new Set();
        useCallKeys(this.root, {
            digit: (number) => this.onDigit(number),
            enter: () => this.save(true),
            escape: () => this.onEscape(),
        });
        onWillStart(() => this.show(this.props.followupId));
        onMounted(() => this.toTop()); // not on the first link: Enter would follow it
        useEffect(
            () => this.followChoice(),
            () => [this.state.entry.outcome, this.state.entry.group]
        );
    }

    // the call on the screen
    get sheet() {
        return this.state.sheet;
    }

    get script() {
        return markup(this.sheet.script);
    }

    get group() {
        return this.sheet.buttons.find((button) => button.name === this.state.entry.group);
    }

    get choices() {
        return this.group ? this.group.outcomes : [];
    }

    get couponClass() {
        const days = this.sheet.when.coupon_days_left;
        if (days < 0) {
            return "text-bg-danger";
        }
        return days <= 14 ? "text-bg-warning" : "text-bg-success";
    }

    get couponWords() {
        const days = this.sheet.when.coupon_days_left;
        if (days < 0) {
            return _t("ended %s days ago", -days);
        }
        return days === 0 ? _t("last day") : _t("%s days left", days);
    }

    attemptBy(attempt) {
        return `(${[attempt.step, attempt.by].filter(Boolean).join(", ")})`;
    }

    get notePlaceholder() {
        return (
            {
                served_elsewhere: _t("Which dealer? When?"),
                do_not_contact: _t("Why? In the customer's words"),
                refused: _t("Why? In the customer's words"),
                not_interested: _t("Why? In the customer's words"),
                unit_sold: _t("Sold to whom? Phone of the new owner?"),
                wrong_number: _t("Who answered? Another number?"),
            }[this.state.entry.outcome] || _t("What else the customer said")
        );
    }

    async show(followupId) {
        this.state.sheet = await this.orm.call(MODEL, "call_sheet", [[followupId]]);
        this.state.entry = blank();
    }

    /** Read the call anew, what was typed stays. */
    async refresh() {
        this.state.sheet = await this.orm.call(MODEL, "call_sheet", [[this.sheet.id]]);
    }

    // what was answered
    press(button) {
        const entry = this.state.entry;
        entry.error = "";
        if (button.outcomes.length > 1) {
            entry.group = entry.group === button.name ? "" : button.name;
            entry.outcome = "";
            return;
        }
        entry.group = "";
        this.choose(button.outcomes[0].value);
    }

    choose(outcome) {
        const entry = this.state.entry;
        entry.error = "";
        entry.outcome = outcome;
        if (outcome === "call_back") {
            entry.callBackOn ||= this.sheet.call_back_days[0].date;
        }
    }

    /** The focus goes along with the choice, so that Enter means it. */
    followChoice() {
        const pressed = this.root.el?.querySelectorAll(".o_kpb_outcome[aria-pressed=true]");
        if (pressed?.length && !document.activeElement.closest("input, select")) {
            pressed[pressed.length - 1].focus();
        }
    }

    isPressed(button) {
        const entry = this.state.entry;
        return (
            entry.group === button.name ||
            button.outcomes.some((outcome) => outcome.value === entry.outcome)
        );
    }

    get today() {
        return deserializeDate(this.sheet.when.today);
    }

    get callBackOn() {
        const day = this.state.entry.callBackOn;
        return day ? deserializeDate(day) : false;
    }

    onCallBack(day) {
        this.state.entry.callBackOn = day ? serializeDate(day) : "";
    }

    onAppointment({ at, weekend, weekendReason }) {
        Object.assign(this.state.entry, { at, weekend, weekendReason, error: "" });
    }

    get arguments() {
        const entry = this.state.entry;
        const given = { outcome: entry.outcome, note: entry.note.trim() || false };
        if (entry.outcome === "will_come") {
            given.appointment_at = entry.at || false;
            given.weekend_reason = entry.weekend ? entry.weekendReason : false;
        }
        if (entry.outcome === "call_back") {
            given.call_back_on = entry.callBackOn || false;
        }
        return { ...given, context: { kpb_seen_attempts: this.sheet.seen } };
    }

    /**
     * Log the result; then the next call, or the end.
     *
     * @param {boolean} goOn whether the next call of the list opens
     */
    async save(goOn) {
        if (this.state.busy) {
            return;
        }
        if (!this.state.entry.outcome) {
            this.state.entry.error = _t("Choose what came of the call.");
            return;
        }
        const done = await this.ask(() =>
            this.orm.call(MODEL, "log_attempt", [[this.sheet.id]], this.arguments)
        );
        if (!done) {
            return;
        }
        const followupId = this.sheet.id;
        this.done.add(followupId);
        const after = await this.orm.call(MODEL, "call_next", [[followupId]], {
            skip_ids: [...this.done],
        });
        const last = { followupId, told: after.told, canUndo: after.can_undo };
        if (goOn && after.next_id) {
            await this.show(after.next_id);
            this.state.last = { ...last, left: after.left };
            this.toTop();
        } else {
            this.env.services.kpb_call.tell(last, goOn);
            this.props.close();
        }
    }

    /** Take back the result logged last, and show its call again. */
    async undo(followupId) {
        const done = await this.ask(() =>
            this.orm.call(MODEL, "action_undo_last_attempt", [[followupId]])
        );
        if (done) {
            this.done.delete(followupId);
            this.state.last = null;
            await this.show(followupId);
            this.toTop();
        }
    }

    /**
     * Ask the server; a refusal is shown and nothing typed is lost.
     *
     * @param {() => Promise} act
     * @returns {Promise<boolean>} whether it was done
     */
    async ask(act) {
        this.state.busy = true;
        this.state.entry.error = "";
        try {
            await act();
            return true;
        } catch (error) {
            this.state.entry.error = refusalOf(error);
            await this.refresh();
            return false;
        } finally {
            this.state.busy = false;
        }
    }

    // ways to reach the customer
    /** The link opens the chat; that it was used is logged. */
    async onWhatsapp() {
        if (await this.ask(() => this.orm.call(MODEL, "action_whatsapp", [[this.sheet.id]]))) {
            await this.refresh();
        }
    }

    async compose(method) {
        await this.ask(async () => {
            const action = await this.orm.call(MODEL, method, [[this.sheet.id]]);
            await this.action.doAction(action, { onClose: () => this.refresh() });
        });
    }

    /** The answer of a key: of the open group, else of the row. */
    onDigit(number) {
        const { group, state } = this;
        if (group && !state.entry.outcome) {
            const choice = group.outcomes[number - 1];
            choice && this.choose(choice.value);
            return Boolean(choice);
        }
        const button = this.sheet.buttons[number - 1];
        button && this.press(button);
        return Boolean(button);
    }

    /** Take back a choice; with nothing chosen the dialog itself closes. */
    onEscape() {
        const entry = this.state.entry;
        if (!entry.outcome && !entry.group) {
            return false;
        }
        Object.assign(entry, { outcome: "", group: "", error: "" });
        return true;
    }

    /** Start a new call at the top, with the keys at hand. */
    toTop() {
        this.root.el?.focus({ preventScroll: true });
        this.root.el?.closest(".modal-body")?.scrollTo({ top: 0 });
    }
}
