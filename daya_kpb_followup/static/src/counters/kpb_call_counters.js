import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** The search view's filters whose rows are counted, and those that hold for each of them. */
const COUNTED = ["today", "overdue", "appointments_today", "this_week"];
const ALWAYS = ["mine", "open"];
const ICONS = {
    today: "fa-phone",
    overdue: "fa-exclamation-triangle",
    appointments_today: "fa-calendar-check-o",
    this_week: "fa-calendar-o",
};

/**
 * The row above a caller's list: how many calls today, late, appointments, this week. Each is the
 * length of the list behind a filter of the search view; a click applies that filter. Whoever has
 * tasks on units as well, Admin STNK for one, finds their number beside it; a click leads to them.
 * One call to the server counts all; the list opens without the numbers when it fails.
 */
export class KpbCallCounters extends Component {
    static template = "daya_kpb_followup.KpbCallCounters";
    static props = { list: Object };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.icons = ICONS;
        this.state = useState({ calls: {}, tasks: 0 });
        onWillStart(() => this.count());
        onWillUpdateProps(() => this.count());
    }

    items(names) {
        return this.env.searchModel.getSearchItems(
            (item) => item.type === "filter" && names.includes(item.name)
        );
    }

    get counters() {
        return this.items(COUNTED).sort(
            (a, b) => COUNTED.indexOf(a.name) - COUNTED.indexOf(b.name)
        );
    }

    isPressing(item) {
        return item.name === "overdue" && this.state.calls[item.name] > 0;
    }

    async count() {
        const always = this.items(ALWAYS).map((item) => item.domain);
        const context = { ...user.context, ...this.env.searchModel.globalContext };
        const domains = Object.fromEntries(
            this.counters.map((item) => [
                item.name,
                Domain.and([...always, item.domain]).toList(context),
            ])
        );
        try {
            const counts = await this.keepLast.add(
                this.orm.silent.call("kpb.followup", "call_counts", [domains])
            );
            Object.assign(this.state, counts);
        } catch (error) {
            if (!(error instanceof RPCError || error instanceof ConnectionLostError)) {
                throw error;
            }
            Object.assign(this.state, { calls: {}, tasks: 0 });
        }
    }

    openTasks() {
        return this.action.doAction("daya_kpb_followup.kpb_purchase_action_tasks");
    }

    /** Show the rows of a counter and nothing else; of the active one: all open calls again. */
    apply(item) {
        const { searchModel } = this.env;
        const wanted = [...this.items(ALWAYS), ...(item.isActive ? [] : [item])];
        searchModel.query = [];
        for (const { id } of wanted) {
            searchModel.toggleSearchItem(id);
        }
    }
}

class KpbCallsListRenderer extends ListRenderer {
    static template = "daya_kpb_followup.KpbCallsListRenderer";
    static components = { ...ListRenderer.components, KpbCallCounters };
}

class KpbCallsKanbanRenderer extends KanbanRenderer {
    static template = "daya_kpb_followup.KpbCallsKanbanRenderer";
    static components = { ...KanbanRenderer.components, KpbCallCounters };
}

registry.category("views").add("kpb_calls_list", { ...listView, Renderer: KpbCallsListRenderer });
registry.category("views").add("kpb_calls_kanban", {
    ...kanbanView,
    Renderer: KpbCallsKanbanRenderer,
});
