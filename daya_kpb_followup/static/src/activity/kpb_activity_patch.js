import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { ActivityMarkAsDone } from "@mail/core/web/activity_markasdone_popover";
import { patch } from "@web/core/utils/patch";

const MODEL = "kpb.followup";

/**
 * Marking a follow-up's activity as done opens the call's screen instead of Odoo's feedback box,
 * wherever the activity stands. Activities of other models are left alone, and so are those that
 * somebody added to a follow-up by hand (their type does not belong to follow-ups).
 *
 * @param {Component} component one that shows `props.activity`
 * @returns {boolean} whether the screen was opened
 */
async function openCall(component) {
    const { activity, onActivityChanged, reloadParentView } = component.props;
    const { services } = component.env;
    if (activity.res_model !== MODEL || activity.activity_category !== "phonecall") {
        return false;
    }
    const thread = services["mail.store"].Thread.insert({
        model: activity.res_model,
        id: activity.res_id,
    });
    services.kpb_call.open(activity.res_id, async () => {
        await reloadParentView?.();
        onActivityChanged?.(thread);
        await thread.fetchNewMessages();
    });
    return true;
}

patch(Activity.prototype, {
    async onClickMarkAsDone(ev) {
        if (!(await openCall(this))) {
            return super.onClickMarkAsDone(ev);
        }
    },
});

patch(ActivityListPopoverItem.prototype, {
    async onClickMarkAsDone() {
        if (!(await openCall(this))) {
            return super.onClickMarkAsDone();
        }
        this.props.onClickEditActivityButton?.();
    },
});

patch(ActivityMarkAsDone.prototype, {
    async onClickDone() {
        if (!(await openCall(this))) {
            return super.onClickDone();
        }
        this.props.close?.();
    },
    async onClickDoneAndScheduleNext() {
        if (!(await openCall(this))) {
            return super.onClickDoneAndScheduleNext();
        }
        this.props.close?.();
    },
});
