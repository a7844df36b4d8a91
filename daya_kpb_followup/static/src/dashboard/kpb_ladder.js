import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

const PLACES = ["group", "own", "elsewhere"];

/**
 * The KPB ladder by month of purchase: of the units whose KPB is due, how many came to the group,
 * to the branch that sold them, or elsewhere. Each cell opens its units, by where they came.
 */
export class KpbLadder extends Component {
    static template = "daya_kpb_followup.KpbLadder";
    static props = { ladder: Object, openRows: Function };

    setup() {
        this.memory = `kpb_dashboard_ladder_${user.userId}`;
        const remembered = browser.localStorage.getItem(this.memory);
        this.state = useState({ place: PLACES.includes(remembered) ? remembered : "group" });
    }

    get places() {
        const names = {
            group: _t("Whole group"),
            own: _t("Own branch"),
            elsewhere: _t("Other dealers"),
        };
        return PLACES.map((key) => ({ key, label: names[key] }));
    }

    choose(place) {
        this.state.place = place;
        browser.localStorage.setItem(this.memory, place);
    }

    share(cell) {
        return Math.round((100 * cell[this.state.place]) / cell.due);
    }

    spoken(month, step, cell) {
        return _t("%(step)s, bought %(month)s: %(came)s of %(due)s units. Open the list.", {
            step: step.label,
            month: month.label,
            came: cell[this.state.place],
            due: cell.due,
        });
    }

    open(month, step, cell) {
        const title = _t("%(step)s, bought %(month)s", { step: step.label, month: month.label });
        return this.props.openRows(cell, title, ["came"]);
    }
}
