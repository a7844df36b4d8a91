import json
import time

from odoo import SUPERUSER_ID, http
from odoo.http import request

#: Seconds for which an answer is given again without asking the database.
KEPT = 5
#: Database → (until when the answer is good, whether everything runs); per process.
_answers = {}


class KpbHealth(http.Controller):
    """For monitoring: is every branch up to date, does every job run? One word, no data."""

    @http.route("/kpb/health", type="http", auth="none", methods=["GET"], save_session=False)
    def health(self):
        """Return 200 and ``{"status": "pass"}``, or 503 and ``{"status": "fail"}``."""
        until, passes = _answers.get(request.db, (0, False))
        if time.monotonic() > until:
            env = request.env(user=SUPERUSER_ID, su=True)
            passes = env["kpb.heartbeat"]._is_well()
            _answers[request.db] = (time.monotonic() + KEPT, passes)
        return request.make_response(
            json.dumps({"status": "pass" if passes else "fail"}),
            [("Content-Type", "application/health+json"), ("Cache-Control", "no-store")],
            status=200 if passes else 503,
        )
