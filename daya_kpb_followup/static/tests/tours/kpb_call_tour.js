import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const ROW = (customer) => `.o_data_row:contains('${customer}')`;
const CALL = (customer) => `.o_kpb_call_dialog .modal-title:contains('${customer}')`;
const PRESS = (outcome) => `.o_kpb_outcome[data-outcome=${outcome}]`;
const ITEM = (item) => `.o_kpb_item[data-item=${item}]`;

const click = (trigger, content) => ({ trigger, content, run: "click" });
const see = (trigger, content) => ({ trigger, content });

/** Press a key where the focus is, as a person does who never touches the mouse. */
function type(key, content) {
    return {
        trigger: ".o_kpb_call",
        content,
        run() {
            const target = document.activeElement || document.body;
            target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        },
    };
}

const closed = see("body:not(:has(.o_kpb_call_dialog))", "the screen is gone");

tours.add("kpb_call_no_answer", {
    url: "/odoo/kpb-my-followups",
    steps: () => [
        see(ROW("Uji Satu"), "the list is there"),
        click(`${ROW("Uji Satu")} .o_kpb_call_button`, "first click: the call"),
        click(PRESS("no_answer"), "second click: nobody answered"),
        click(".o_kpb_save_next", "third click: saved"),
        see(".o_kpb_last", "it says what was logged"),
        see(CALL("Uji Dua"), "and the next call of the list is there"),
        click(".o_kpb_last .o_kpb_undo", "a slip of the hand"),
        see(CALL("Uji Satu"), "is taken back where it was made"),
        type("2", "the same with keys: no answer"),
        see(`${PRESS("no_answer")}[aria-pressed=true]`),
        type("Escape", "thought better of it"),
        see(`${PRESS("no_answer")}[aria-pressed=false]`),
        type("6", "more"),
        see(PRESS("unreachable")),
        type("1", "the first of them"),
        see(`${PRESS("unreachable")}[aria-pressed=true]`),
        type("Enter", "saved"),
        see(CALL("Uji Dua"), "the next call again"),
        type("Escape", "enough"),
        closed,
        see(`.o_data_row:not(:contains('Uji Satu'))`, "the list has moved on"),
    ],
});

tours.add("kpb_call_weekend", {
    url: "/odoo/kpb-my-followups",
    steps: () => [
        click(`${ROW("Uji Dua")} .o_kpb_call_button`),
        click(PRESS("will_come")),
        click(".o_kpb_chip:has(small):contains('Sat'):first, .o_kpb_chip:contains('Sab'):first"),
        {
            trigger: ".o_kpb_time:enabled",
            run: "selectByIndex 3",
        },
        { trigger: ".o_kpb_note", run: "edit Bawa dua motor" },
        click(".o_kpb_save_close", "without a reason"),
        see(".o_kpb_error", "it is refused with a sentence"),
        see(".o_kpb_note:value('Bawa dua motor')", "nothing typed is lost"),
        see(`${PRESS("will_come")}[aria-pressed=true]`),
        { trigger: ".o_kpb_weekend_reason", run: "edit Kerja shift Senin sampai Jumat" },
        click(".o_kpb_save_close", "with the reason"),
        closed,
    ],
});

tours.add("kpb_call_reach_and_data", {
    url: "/odoo/kpb-my-followups",
    steps: () => [
        click(`${ROW("Uji Tiga")} .o_kpb_call_button`),
        see(".o_kpb_tel[href='tel:+6281234567890']:contains('0812-3456-7890')"),
        see(".o_kpb_script b:contains('Uji Tiga')", "the script speaks of the customer"),
        {
            trigger: ".o_kpb_whatsapp[href^='https://wa.me/6281234567890?text=']",
            content: "the chat opens in another tab, which the test stays out of",
            run(helpers) {
                const stay = (ev) => ev.preventDefault();
                document.addEventListener("click", stay, { once: true });
                return helpers.click();
            },
        },
        see(".o_kpb_history .badge:contains('WhatsApp')", "it is logged"),
        click(`${ITEM("phone")} .o_kpb_same`, "confirmed unchanged"),
        see(`${ITEM("phone")} .o_kpb_item_age.text-success`),
        click(`${ITEM("address")} .o_kpb_change`, "what is missing is entered"),
        { trigger: `${ITEM("address")} input`, run: "edit Jl. Braga No. 5" },
        click(`${ITEM("address")} .o_kpb_correct`),
        see(`${ITEM("address")}:contains('Jl. Braga No. 5') .text-success`),
        click(`${ITEM("nik")} .o_kpb_change`),
        { trigger: `${ITEM("nik")} input`, run: "edit 12345" },
        click(`${ITEM("nik")} .o_kpb_correct`, "nonsense"),
        see(".o_kpb_data [role=alert]", "is refused with a sentence"),
        see(`${ITEM("nik")} input:value('12345')`, "and stays to be corrected"),
        click(".o_kpb_close"),
        closed,
    ],
});

tours.add("kpb_mark_done", {
    url: "/odoo/kpb-my-followups",
    steps: () => [
        // chatter
        click(`${ROW("Uji Dua")} .o_data_cell[name=partner_id]`),
        click(".o-mail-Activity:contains('Tambahan') .o-mail-Activity-markDone"),
        see(".o-mail-ActivityMarkAsDone", "what somebody added by hand is ticked off as always"),
        click(".o-mail-Activity:contains('Tambahan') .o-mail-Activity-markDone"),
        see("body:not(:has(.o-mail-ActivityMarkAsDone))"),
        click(".o-mail-Activity:contains('KPB 2') .o-mail-Activity-markDone"),
        see(CALL("Uji Dua")),
        see("body:not(:has(.o-mail-ActivityMarkAsDone))"),
        click(PRESS("no_answer")),
        click(".o_kpb_save_close"),
        closed,
        see(".o_field_widget[name=attempt_ids] .o_data_row", "the form shows it at once"),
        // activity view
        click(".o_back_button, .breadcrumb-item a"),
        click(".o_switch_view.o_activity"),
        click(".o_activity_summary_cell:not(.o_activity_empty_cell) .o-mail-ActivityCell-deadline"),
        click(".o-mail-ActivityListPopoverItem-markAsDone"),
        see(".o_kpb_call_dialog .modal-title"),
        click(".o_kpb_close"),
        closed,
        // systray: the first call
        click(".o_menu_systray .dropdown-toggle:has(.fa-clock-o)"),
        click(".o_kpb_start_calling"),
        see(CALL("Uji Satu")),
        click(".o_kpb_close"),
        closed,
        // systray: all activities
        click(".o_menu_systray .dropdown-toggle:has(.fa-clock-o)"),
        click(".o-mail-ActivityMenu .text-primary.text-center"),
        see(`${ROW("Uji Tiga")}:not(:has(button[name=action_done]))`),
        click(`${ROW("Uji Tiga")} button[name=action_kpb_call]`),
        see(CALL("Uji Tiga")),
        click(PRESS("no_answer")),
        click(".o_kpb_save_close"),
        closed,
        // another model keeps Odoo's own way
        see(`${ROW("Bukan telepon")} button[name=action_done]`),
    ],
});
