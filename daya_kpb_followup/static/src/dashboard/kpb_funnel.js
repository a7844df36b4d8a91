import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

/** The funnel as bars: how many customers took each step; each bar opens its calls. */
export class KpbFunnel extends Component {
    static template = "daya_kpb_followup.KpbFunnel";
    static props = { funnel: Object, openRows: Function };

    setup() {
        this.formatInteger = formatInteger;
    }

    /** Share of the first step, 0 to 100. */
    share(step) {
        const [first] = this.props.funnel.steps;
        return first.customers ? Math.round((100 * step.customers) / first.customers) : 0;
    }

    spoken(step) {
        return _t("%(step)s: %(customers)s customers, %(calls)s calls. Open the list.", {
            step: step.label,
            customers: formatInteger(step.customers),
            calls: formatInteger(step.calls),
        });
    }

    open(step) {
        return this.props.openRows(step, _t("Funnel: %s", step.label));
    }
}
