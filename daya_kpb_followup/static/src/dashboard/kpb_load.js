/* global Chart */
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

/**
 * The calls of the coming weeks beside what people can do: a picture of the whole, and a table per
 * person (per branch where there are several) whose numbers open their calls.
 */
export class KpbLoad extends Component {
    static template = "daya_kpb_followup.KpbLoad";
    static props = { load: Object, openRows: Function };

    setup() {
        this.canvas = useRef("canvas");
        this.formatInteger = formatInteger;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (canvas, load) => {
                if (!canvas) {
                    return;
                }
                const chart = new Chart(canvas, this.chartConfig(load));
                return () => chart.destroy();
            },
            () => [this.canvas.el, this.props.load]
        );
    }

    get byBranch() {
        return this.props.load.by === "branch_id";
    }

    get hasCapacity() {
        return this.props.load.weeks.some((week) => week.capacity);
    }

    chartConfig(load) {
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#111827", "#E4E4E4");
        const datasets = [
            {
                type: "bar",
                label: _t("Calls"),
                data: load.weeks.map((week) => week.calls),
                backgroundColor: getColor(0, scheme, "sm"),
                order: 2,
            },
        ];
        if (this.hasCapacity) {
            datasets.push({
                type: "line",
                label: _t("Capacity"),
                data: load.weeks.map((week) => week.capacity),
                borderColor: text,
                borderDash: [6, 4],
                borderWidth: 2,
                pointStyle: "rectRot",
                pointRadius: 4,
                order: 1,
            });
        }
        return {
            data: { labels: load.weeks.map((week) => week.label), datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { display: this.hasCapacity, labels: { color: text } },
                },
                scales: {
                    x: { ticks: { color: text }, grid: { display: false } },
                    y: { beginAtZero: true, ticks: { color: text, precision: 0 } },
                },
            },
        };
    }

    spoken(line, week, cell) {
        const words = _t("%(who)s, week of %(week)s: %(calls)s calls. Open the list.", {
            who: line.label,
            week: week.label,
            calls: cell.calls,
        });
        return cell.over ? _t("%s Too many.", words) : words;
    }

    open(line, week, cell) {
        const title = _t("%(who)s, week of %(week)s", { who: line.label, week: week.label });
        return this.props.openRows(cell, title);
    }
}
