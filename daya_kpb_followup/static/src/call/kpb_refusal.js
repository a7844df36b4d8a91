import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";

/**
 * What the server refuses, as the sentence it says; anything else is an error and stays one.
 *
 * @param {Error} error
 * @returns {string}
 */
export function refusalOf(error) {
    if (error instanceof RPCError && error.data?.name?.startsWith("odoo.exceptions.")) {
        return error.data.message;
    }
    if (error instanceof ConnectionLostError) {
        return _t("The server cannot be reached. Nothing is lost: try again in a moment.");
    }
    throw error;
}
