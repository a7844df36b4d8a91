import { Component, markup, onWillStart, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { KpbFunnel } from "./kpb_funnel";
import { KpbLadder } from "./kpb_ladder";
import { KpbLoad } from "./kpb_load";
import { KpbTile } from "./kpb_tile";

/** Figures older than this are fetched anew when the reader comes back to the page. */
const FRESH_FOR = 60 * 1000;
/** Pictures that are fetched together: the load looks weeks ahead, nothing waits for it. */
const PICTURES = { flow: ["funnel", "ladder"], load: ["load"] };

/**
 * The managers' start page: where to push today. The tiles come from one call, the pictures from
 * others that they need not wait for. Every number opens the list that was counted. The branch
 * that was chosen is remembered in this browser.
 */
export class KpbDashboard extends Component {
    static template = "daya_kpb_followup.KpbDashboard";
    static components = { KpbFunnel, KpbLadder, KpbLoad, KpbTile, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.latest = { flow: new KeepLast(), load: new KeepLast() };
        this.state = useState({ page: null, pictures: {}, failed: {}, loading: false });
        this.memory = `kpb_dashboard_branch_${user.userId}`;
        this.display = { controlPanel: {} };
        this.openRows = this.openRows.bind(this);
        onWillStart(() => this.load(Number(browser.localStorage.getItem(this.memory)) || false));
        useExternalListener(document, "visibilitychange", () => {
            const age = Date.now() - this.fetchedAt;
            if (document.visibilityState === "visible" && age > FRESH_FOR) {
                this.load(this.state.page.branch_id);
            }
        });
    }

    async load(branchId) {
        this.state.loading = true;
        this.branchId = branchId;
        Object.keys(PICTURES).forEach((group) => this.loadPictures(group, branchId));
        try {
            this.state.page = await this.keepLast.add(
                this.orm.call("kpb.dashboard", "figures", [branchId])
            );
            this.fetchedAt = Date.now();
        } finally {
            this.state.loading = false;
        }
    }

    /** Fetch a group of pictures; what cannot be had leaves a sentence and a way to ask again. */
    async loadPictures(group, branchId) {
        try {
            const pictures = await this.latest[group].add(
                this.orm.silent.call("kpb.dashboard", "pictures", [PICTURES[group], branchId])
            );
            Object.assign(this.state.pictures, pictures);
            this.state.failed[group] = false;
        } catch (error) {
            if (!(error instanceof RPCError || error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.failed[group] = true;
        }
    }

    /** The groups of pictures that could not be had, each with its sentence. */
    get failures() {
        const sentences = {
            flow: _t("The funnel and the KPB ladder could not be loaded."),
            load: _t("The calls of the coming weeks could not be loaded."),
        };
        return Object.keys(PICTURES)
            .filter((group) => this.state.failed[group])
            .map((group) => ({ group, sentence: sentences[group] }));
    }

    retry(group) {
        this.state.failed[group] = false;
        return this.loadPictures(group, this.branchId);
    }

    chooseBranch(value) {
        const branchId = Number(value) || false;
        browser.localStorage.setItem(this.memory, branchId || "");
        this.state.pictures = {};
        this.state.failed = {};
        return this.load(branchId);
    }

    refresh() {
        return this.load(this.state.page.branch_id);
    }

    /**
     * Open the rows behind a number: the list that was counted, by the same domain.
     *
     * @param {{ action: string, domain: Array }} number
     * @param {string} title
     * @param {string[]} [groupBy]
     */
    async openRows(number, title, groupBy = []) {
        const { name, res_model, search_view_id, type, views } = await this.action.loadAction(
            number.action
        );
        const nothing = _t("Nothing stands behind this number at present.");
        const list = views.filter(([, kind]) => kind === "list");
        const others = views.filter(([, kind]) => kind !== "list");
        return this.action.doAction({
            name: title || name,
            domain: number.domain,
            context: { group_by: groupBy },
            help: markup`<p class="o_view_nocontent_neutral_face">${nothing}</p>`,
            res_model,
            search_view_id,
            type,
            useSampleModel: false,
            views: [...list, ...others],
        });
    }
}

registry.category("actions").add("kpb_dashboard", KpbDashboard);
