import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

/** One subject of the start page: its number, what it means, and the rows behind it. */
export class KpbTile extends Component {
    static template = "daya_kpb_followup.KpbTile";
    static props = { tile: Object, openRows: Function };

    get first() {
        return this.props.tile.numbers[0];
    }

    get others() {
        return this.props.tile.numbers.slice(1);
    }

    /** A tile that asks for action as soon as there is something in it. */
    get presses() {
        return this.props.tile.alarm && this.first.value > 0;
    }

    get isDone() {
        return this.props.tile.alarm && !this.first.value;
    }

    /** The number as people write it. */
    shown(number) {
        return `${formatInteger(number.value)}${number.unit || ""}`;
    }

    /** What a screen reader says of a number, and the tooltip. */
    spoken(number) {
        return _t("%(tile)s: %(number)s %(meaning)s. Open the list.", {
            tile: this.props.tile.label,
            number: this.shown(number),
            meaning: number.label,
        });
    }

    open(number) {
        return this.props.openRows(number, `${this.props.tile.label}: ${number.label}`);
    }
}
