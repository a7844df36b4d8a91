import { Component, xml } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { KpbCustomerData } from "../call/kpb_customer_data";

/** The customer's five items on the unit's form: reads `kpb.purchase.customer_items`. */
export class KpbCustomerDataField extends Component {
    static template = xml`
        <KpbCustomerData
            t-if="props.record.resId"
            items="props.record.data[props.name] || []"
            purchaseId="props.record.resId"
            onValidated.bind="reload"
        />`;
    static components = { KpbCustomerData };
    static props = { ...standardFieldProps };

    async reload() {
        await this.props.record.load();
    }
}

export const kpbCustomerDataField = {
    component: KpbCustomerDataField,
    displayName: _t("KPB Customer Data"),
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("kpb_customer_data", kpbCustomerDataField);
