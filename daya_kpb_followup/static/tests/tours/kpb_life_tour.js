import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const COLUMN = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;
const CARD = ".o_kanban_record:contains('Siti Uji')";

const click = (trigger, content) => ({ trigger, content, run: "click" });
const see = (trigger, content) => ({ trigger, content });
const fill = (trigger, text, content) => ({ trigger, content, run: `edit ${text}` });

tours.add("kpb_arrival", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=entry] input",
            content: "Scan or type the plate, as it stands on the unit",
            run: "edit D4512AB && press Enter",
        },
        see(".o_field_widget[name=customer]:contains('Siti Uji')", "The unit is there"),
        see(".o_field_widget[name=due]:contains('KPB 2')", "What is due"),
        see(
            ".o_field_widget[name=service] .o_selection_badge.active:contains('KPB 2')",
            "The coupon is suggested"
        ),
        fill(".o_field_widget[name=odometer] input", "3500", "Kilometres"),
        click(".o_field_widget[name=relation] input, .o_field_widget[name=relation] select"),
        click(".o_select_menu_item:eq(2)", "A child brought it"),
        fill(".o_field_widget[name=brought_by] input", "Budi", "Who brought it"),
        click(".o_field_widget[name=odm_validated] input", "Validated in ODM"),
        fill(".o_field_widget[name=odm_reference] input", "ODM-2026-17", "Its number"),
        click("button[name=action_save_next]", "Save"),
        see(".o_notification:contains('D 4512 AB')", "It is recorded"),
        {
            trigger: ".o_field_widget[name=entry] input",
            content: "Room for the next customer",
            run({ anchor }) {
                if (anchor.value) {
                    throw new Error(`The field still holds ${anchor.value}`);
                }
            },
        },
    ],
});

tours.add("kpb_board_refused", {
    steps: () => [
        {
            trigger: `${COLUMN("KPB 2")} ${CARD}`,
            content: "Any other column is refused",
            run: `drag_and_drop ${COLUMN("KPB 3")}`,
        },
        see(".o_notification:has(.bg-warning)", "The sentence why"),
        see(`${COLUMN("KPB 2")} ${CARD}`, "The card is where it was"),
    ],
});

tours.add("kpb_board_lost", {
    steps: () => [
        {
            trigger: `${COLUMN("KPB 2")} ${CARD}`,
            content: "To LOST",
            run: `drag_and_drop ${COLUMN("LOST")} .o_column_title`,
        },
        click(".modal [name=reason_id] .o_radio_item:eq(3) input", "Unhappy with our service"),
        fill(".modal .o_field_widget[name=note] input", "Antrean lama", "In words"),
        click(".modal button[name=action_confirm]", "Set LOST"),
        see(`${COLUMN("LOST")} ${CARD}:has(.text-bg-danger)`, "There, with its reason"),
    ],
});
