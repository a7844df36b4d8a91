import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/**
 * The customers' board: the stage follows from the facts, so a card is moved by hand to LOST only,
 * with a reason. The server says what a drop means: a dialog to open, or a sentence why not.
 */
export class KpbCustomersKanbanRenderer extends KanbanRenderer {
    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
        this.notification = useService("notification");
    }

    get canMoveRecords() {
        return this.canResequenceRecords && this.props.list.groupByField?.name === "stage_id";
    }

    /** Nothing is moved here: once the dialog is closed the board shows what has become of it. */
    async sortRecordDrop(dataRecordId, dataGroupId, { parent }) {
        parent?.classList.remove("o_kanban_hover");
        const { groups } = this.props.list;
        const target = groups.find((group) => group.id === parent?.dataset.id);
        const source = groups.find((group) => group.id === dataGroupId);
        const record = source?.list.records.find((card) => card.id === dataRecordId);
        if (!target || !record || target === source) {
            return;
        }
        if (!target.value) {
            this.notification.add(_t("The stage follows from the facts."), { type: "warning" });
            return;
        }
        const answer = await this.orm.call("kpb.purchase", "action_drop", [
            [record.resId],
            target.value,
        ]);
        await this.action.doAction(answer, { onClose: () => this.props.list.model.load() });
    }
}

registry.category("views").add("kpb_customers_kanban", {
    ...kanbanView,
    Renderer: KpbCustomersKanbanRenderer,
});
