import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const TILE = (name) => `.o_kpb_tile[data-tile=${name}]`;
const CELL = (words) => `.o_kpb_ladder .o_kpb_cell[aria-label*='${words}']`;

const click = (trigger, content) => ({ trigger, content, run: "click" });
const see = (trigger, content) => ({ trigger, content });

tours.add("kpb_dashboard_kacab", {
    steps: () => [
        see(`${TILE("late")} .o_kpb_figure:contains('2')`, "Two calls are late"),
        see(`${TILE("late")}.o_kpb_tile_presses .fa-exclamation-triangle`, "with a sign"),
        see(`${TILE("no_owner")} .fa-check-circle`, "Nothing without an owner"),
        click(`${TILE("late")} .o_kpb_number`, "To the rows"),
        see(".o_data_row:contains('Uji Telat Satu')", "One of them"),
        see(".o_data_row:contains('Uji Telat Dua')", "The other"),
        see(".o_list_view:not(:has(.o_data_row:eq(2)))", "And no third"),
        click(".o_back_button, .breadcrumb-item:first a", "Back to the page"),
        see(CELL("KPB 1").concat(":contains('100%')"), "Everybody came to the group"),
        click(".o_kpb_ladder [data-place=own]", "Of them to the own branch"),
        see(".o_kpb_ladder [data-place=own][aria-pressed=true]"),
        see(CELL("KPB 1").concat(":contains('0%')"), "nobody"),
        click(CELL("KPB 1"), "The units behind it"),
        see(".o_group_header", "by where they came"),
        click(".o_back_button, .breadcrumb-item:first a", "Back again"),
        see(".o_kpb_ladder [data-place=own][aria-pressed=true]", "The choice is remembered"),
        click(".o_kpb_funnel_step[data-step='1_due']", "The funnel opens its calls"),
        see(".o_list_view .o_data_row"),
    ],
});

tours.add("kpb_dashboard_retry", {
    steps: () => [
        see(".o_kpb_funnel", "What can be had is there"),
        see(".o_kpb_failed[role=alert]:not(:has(~ .o_kpb_failed))", "One sentence for the rest"),
        see(".o_kpb_pictures:not(:has(.o_kpb_load))"),
        click(".o_kpb_failed button", "Ask again"),
        see(".o_kpb_load", "and there it is"),
        see(".o_kpb_pictures:not(:has(.o_kpb_failed))"),
    ],
});

tours.add("kpb_counters_once", {
    steps: () => [
        see("[data-counter=overdue]:contains('2')", "Two calls are late"),
        click("[data-counter=overdue]", "To them"),
        see("[data-counter=overdue][aria-pressed=true]"),
        see(".o_data_row:contains('Uji Telat Satu')"),
        see(".o_list_view:not(:has(.o_data_row:contains('Uji Nanti')))", "And to no other"),
        click("[data-counter=overdue]", "All again"),
        see("[data-counter=overdue][aria-pressed=false]"),
        see(".o_data_row:contains('Uji Nanti')"),
        click("[data-counter=tasks]:contains('1')", "What is to do on units"),
        see(".o_data_row:contains('Uji Telat Satu')"),
        see(".o_list_view:not(:has(.o_data_row:contains('Uji Telat Dua')))", "And on no other"),
    ],
});

tours.add("kpb_counters_failed", {
    steps: () => [
        see(".o_data_row:contains('Uji Telat Satu')", "The calls are there without their numbers"),
        see("[data-counter=overdue]:not(:contains('2'))"),
        see("body:not(:has(.o_dialog))"),
    ],
});
