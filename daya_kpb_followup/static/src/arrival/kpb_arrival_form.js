import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** The front desk's screen: what was not recorded by its button is dropped on leaving. */
export class KpbArrivalController extends FormController {
    async beforeLeave() {
        return true;
    }

    beforeUnload() {}
}

registry.category("views").add("kpb_arrival_form", {
    ...formView,
    Controller: KpbArrivalController,
});
