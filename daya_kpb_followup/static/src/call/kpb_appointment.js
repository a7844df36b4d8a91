import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { serializeDate } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

/**
 * Day and time of an appointment, chosen in place: days as chips with their free places, weekends
 * and holidays grey. A weekend day opens the field for the reason that the procedure asks for.
 */
export class KpbAppointment extends Component {
    static template = "daya_kpb_followup.KpbAppointment";
    static components = { DateTimeInput };
    static props = {
        followupId: Number,
        day: { type: [String, Boolean], optional: true },
        time: { type: [String, Boolean], optional: true },
        weekendReason: { type: String, optional: true },
        onChange: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.days = useRef("days");
        this.state = useState({
            days: [],
            day: this.props.day || "",
            time: this.props.time || "",
            other: false,
            weekendReason: this.props.weekendReason || "",
        });
        onWillStart(async () => {
            this.state.days = await this.fetch(false);
            if (this.state.day) {
                await this.addDay(this.state.day);
            } else {
                this.state.day = this.state.days.find((day) => this.isUsual(day))?.date || "";
                this.suggestTime();
            }
            this.tell();
        });
        useEffect(
            () => {
                const chips = this.days.el.querySelectorAll("input[type=radio]");
                ([...chips].find((chip) => chip.checked) || chips[0])?.focus();
            },
            () => []
        );
    }

    get chosen() {
        return this.state.days.find((day) => day.date === this.state.day);
    }

    get slot() {
        return this.chosen?.times.find((slot) => slot.label === this.state.time);
    }

    isUsual(day) {
        return !day.weekend && !day.holiday && !day.full;
    }

    fetch(day) {
        return this.orm.call("kpb.followup", "appointment_days", [[this.props.followupId]], {
            day,
        });
    }

    /** Offer a day beyond the usual ones, or the one that was agreed before. */
    async addDay(date) {
        if (!this.state.days.some((day) => day.date === date)) {
            const found = await this.fetch(date);
            this.state.days = [...this.state.days, ...found].sort((a, b) =>
                a.date.localeCompare(b.date)
            );
        }
    }

    chooseDay(date) {
        this.state.day = date;
        this.suggestTime();
        this.tell();
    }

    /** Suggest the first free time of the day, unless the one at hand is free there as well. */
    suggestTime() {
        const free = (this.chosen?.times || []).filter((slot) => slot.free);
        if (!free.some((slot) => slot.label === this.state.time)) {
            this.state.time = free[0]?.label || "";
        }
    }

    async chooseOther(value) {
        if (value) {
            const date = serializeDate(value);
            await this.addDay(date);
            this.state.other = false;
            this.chooseDay(date);
        }
    }

    chooseTime(label) {
        this.state.time = label;
        this.tell();
    }

    writeReason(text) {
        this.state.weekendReason = text;
        this.tell();
    }

    tell() {
        this.props.onChange({
            at: this.slot?.at || "",
            weekend: Boolean(this.chosen?.weekend),
            weekendReason: this.state.weekendReason,
        });
    }
}
