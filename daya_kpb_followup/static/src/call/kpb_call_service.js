import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { KpbCallDialog } from "./kpb_call_dialog";

/** Opens the call's screen from anywhere: buttons, activities, the systray. */
export const kpbCallService = {
    dependencies: ["action", "dialog", "notification", "orm"],
    start(env, { action, dialog, notification, orm }) {
        /**
         * @param {number} followupId
         * @param {() => void} [onClose] called once the screen is closed, whatever was done
         */
        function open(followupId, onClose) {
            dialog.add(KpbCallDialog, { followupId }, { onClose });
        }

        async function undo(followupId) {
            await orm.call("kpb.followup", "action_undo_last_attempt", [[followupId]]);
            open(followupId, () => action.doAction("soft_reload"));
        }

        /**
         * Say what was logged, once the screen is gone; it can still be taken back.
         *
         * @param {{ followupId: number, told: string, canUndo: boolean }} last
         * @param {boolean} wasLast whether the list is empty now
         */
        function tell(last, wasLast) {
            const words = wasLast
                ? _t("%s That was the last call of today's list.", last.told)
                : last.told;
            const onClick = () => {
                remove();
                return undo(last.followupId);
            };
            const buttons = last.canUndo ? [{ name: _t("Undo"), onClick }] : [];
            const remove = notification.add(words, { type: "success", buttons });
        }

        return { open, tell };
    },
};

registry.category("services").add("kpb_call", kpbCallService);

registry.category("actions").add("kpb_call", (env, action, options) => {
    env.services.kpb_call.open(action.params.followup_id, options.onClose);
});
