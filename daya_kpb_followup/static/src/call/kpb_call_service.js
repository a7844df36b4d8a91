import { registry } from "@web/core/registry";

import { KpbCallDialog } from "./kpb_call_dialog";

/** Opens the call's screen from anywhere: buttons, activities, the systray. */
export const kpbCallService = {
    dependencies: ["dialog"],
    start(env, { dialog }) {
        return {
            /**
             * @param {number} followupId
             * @param {() => void} [onClose] called once the screen is closed, whatever was done
             */
            open(followupId, onClose) {
                dialog.add(KpbCallDialog, { followupId }, { onClose });
            },
        };
    },
};

registry.category("services").add("kpb_call", kpbCallService);

registry.category("actions").add("kpb_call", (env, action, options) => {
    env.services.kpb_call.open(action.params.followup_id, options.onClose);
});
