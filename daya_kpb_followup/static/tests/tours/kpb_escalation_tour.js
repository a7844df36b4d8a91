import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const CARD = ".o_kanban_record:contains('Siti Eskalasi')";
const DIALOG = ".modal:has(.o_kpb_reply_send)";

const click = (trigger, content) => ({ trigger, content, run: "click" });
const see = (trigger, content) => ({ trigger, content });

tours.add("kpb_escalation_answer", {
    steps: () => [
        see(`${CARD} .o_kpb_story:contains('Tidak diangkat')`, "The story stands on the card"),
        click(`${CARD} .o_kpb_solved`, "Answer from the board"),
        click(`${DIALOG} .o_kpb_reply_send:visible`, "Without a text"),
        see(`${DIALOG} .o_field_invalid`, "It is asked for"),
        {
            trigger: `${DIALOG} .o_field_widget[name=text] textarea`,
            content: "What was done",
            run: "edit Sudah saya telepon sendiri",
        },
        click(`${DIALOG} .o_kpb_reply_send:visible`, "Send"),
        see("body:not(:has(.modal))", "The dialog is gone"),
        see(`.o_kanban_view:not(:has(${CARD}))`, "And so is the card"),
    ],
});

tours.add("kpb_escalation_answer_seen", {
    steps: () => [
        see(
            ".o_kpb_conversation:contains('Sudah saya telepon sendiri')",
            "The caller reads the answer in the chain"
        ),
        see(
            ".o-mail-Message:contains('Sudah saya telepon sendiri')",
            "And in the chatter of his call"
        ),
    ],
});

tours.add("kpb_escalation_sister", {
    steps: () => [
        see(".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)", "The board"),
        click(`${CARD} .fw-bold.fs-5`, "Open the card"),
        see(".o_kpb_conversation:contains('Tidak diangkat')", "The whole chain"),
        see("body:not(:has(button[name=action_open_followup]:visible))", "The call stays shut"),
        click("button[name=action_pass_on]", "Pass it on"),
        {
            trigger: `${DIALOG} .o_field_widget[name=text] textarea`,
            content: "Why",
            run: "edit Konsumen mau kembali ke cabang sendiri",
        },
        click(`${DIALOG} .o_kpb_reply_send:visible`, "Send"),
        see(`.o_kanban_view:not(:has(${CARD}))`, "Back on the board, which is empty now"),
    ],
});
