import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { ActivityMarkAsDone } from "@mail/core/web/activity_markasdone_popover";
import { patch } from "@web/core/utils/patch";

/**
 * Marking a follow-up's activity as done opens the call's screen instead of Odoo's feedback box,
 * wherever the activity stands. Activities of other models are left alone, and so are those that
 * somebody added to a follow-up by hand.
 *
 * @param {Component} component one that shows `props.activity`
 */
function openCall(component) {
    const { activity, onActivityChanged, reloadParentView } = component.props;
    const { services } = component.env;
    const thread = services["mail.store"].Thread.insert({
        model: activity.res_model,
        id: activity.res_id,
    });
    services.kpb_call.open(activity.res_id, async () => {
        await reloadParentView?.();
        onActivityChanged?.(thread);
        await thread.fetchNewMessages();
    });
}

patch(Activity.prototype, {
    async onClickMarkAsDone() {
        if (!this.props.activity.kpb_call) {
            return super.onClickMarkAsDone(...arguments);
        }
        openCall(this);
    },
});

patch(ActivityListPopoverItem.prototype, {
    onClickMarkAsDone() {
        if (!this.props.activity.kpb_call) {
            return super.onClickMarkAsDone(...arguments);
        }
        openCall(this);
        this.props.onClickEditActivityButton?.();
    },
});

patch(ActivityMarkAsDone.prototype, {
    async onClickDone() {
        if (!this.props.activity.kpb_call) {
            return super.onClickDone(...arguments);
        }
        openCall(this);
        this.props.close?.();
    },
    async onClickDoneAndScheduleNext() {
        if (!this.props.activity.kpb_call) {
            return super.onClickDoneAndScheduleNext(...arguments);
        }
        openCall(this);
        this.props.close?.();
    },
});
