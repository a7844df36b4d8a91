import { ActivityMenu } from "@mail/core/web/activity_menu";
import { patch } from "@web/core/utils/patch";

const MODEL = "kpb.followup";
/** Part of the systray's counter → the filter of My Follow-ups that shows it. */
const FILTERS = { overdue: "overdue", today: "today" };

/** Follow-ups open as "My Follow-ups", the list that callers work through, or as the first call. */
patch(ActivityMenu.prototype, {
    openActivityGroup(group, filter = "all", newWindow) {
        if (group.model !== MODEL) {
            return super.openActivityGroup(...arguments);
        }
        this.dropdown.close();
        const named = FILTERS[filter];
        this.action.doAction("daya_kpb_followup.kpb_followup_action_my", {
            newWindow,
            clearBreadcrumbs: true,
            additionalContext: named ? { [`search_default_${named}`]: 1 } : {},
        });
    },

    async startCalling() {
        this.dropdown.close();
        const action = await this.env.services.orm.call(MODEL, "action_call_first", []);
        await this.action.doAction(action, {
            onClose: () => this.action.doAction("soft_reload"),
        });
    },
});
