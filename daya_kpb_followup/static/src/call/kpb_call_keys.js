import { useExternalListener } from "@odoo/owl";

/** Who is typing in one of these means the key, not a shortcut. */
const TYPING = "input:not([type=radio]), textarea, select";
/** Forms and fields with keys of their own. */
const OWN_KEYS = ".o_kpb_data_form, .o_datetime_input, .o_datetime_picker";

/**
 * The keys of the call's screen, wherever the focus is on it: 1-9, Enter, Escape.
 *
 * Each handler returns false when it has no use for the key, which then means what it always does.
 * Enter on a button or link that is not a chosen answer is a click, as everywhere.
 *
 * @param {{ el: HTMLElement }} root ref of the screen
 * @param {{ digit: (number) => boolean, enter: () => any, escape: () => boolean }} handlers
 */
export function useCallKeys(root, handlers) {
    function handle(ev) {
        const target = ev.target;
        switch (ev.key) {
            case "Escape":
                return handlers.escape();
            case "Enter":
                if (target.closest("button, a") && !target.closest("[aria-pressed=true]")) {
                    return false;
                }
                handlers.enter();
                return true;
            default:
                return /^[1-9]$/.test(ev.key) && !target.closest(TYPING)
                    ? handlers.digit(Number(ev.key))
                    : false;
        }
    }

    useExternalListener(
        window,
        "keydown",
        (ev) => {
            const onTop = root.el?.closest(".o_dialog:not(.o_inactive_modal)");
            const isOurs = ev.target === document.body || onTop?.contains(ev.target);
            const isShortcut = ev.ctrlKey || ev.altKey || ev.metaKey || ev.isComposing;
            if (!onTop || !isOurs || isShortcut || ev.target.closest(OWN_KEYS)) {
                return;
            }
            if (handle(ev)) {
                ev.preventDefault();
                ev.stopPropagation();
            }
        },
        { capture: true }
    );
}
