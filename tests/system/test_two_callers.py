"""Two people answer the same call at the same moment, each in a transaction of his own.

Real connections to a real database, with the retries that Odoo gives every request.
"""

import json
import subprocess
from textwrap import dedent

import pytest

#: Runs inside `odoo shell` on a copy of the template; prints one JSON object as its last line.
SCRIPT = dedent(
    '''
    import json
    import threading

    from psycopg2.errors import SerializationFailure

    from odoo import api
    from odoo.exceptions import UserError
    from odoo.modules.registry import Registry
    from odoo.service.model import retrying

    registry = Registry(env.cr.dbname)
    caller = env["res.users"].create({
        "name": "Rina", "login": "rina-two-callers", "tz": "Asia/Jakarta",
        "group_ids": [(4, env.ref("daya_kpb_followup.kpb_group_user").id)],
    })
    branch = env["kpb.branch"].create({"name": "Cabang Uji", "code": "TWO-CALLERS"})
    branch.member_ids = [(0, 0, {
        "user_id": caller.id, "role_id": env.ref("daya_kpb_followup.kpb_role_admin_crm_h2").id,
    })]
    calls = env["kpb.followup"]
    for number in range(5):
        unit = env["kpb.purchase"].create({
            "partner_id": env["res.partner"].create({"name": f"Konsumen {number}"}).id,
            "branch_id": branch.id,
            "purchase_date": "2026-01-05",
            "chassis_number": f"MH1TWOCALLERS{number:04d}",
            "engine_number": f"JFB1E77{number:05d}",
        })
        milestone = unit.schedule_id.milestone_ids.filtered(lambda line: line.code == "kpb2")
        calls |= env["kpb.followup"].create({
            "purchase_id": unit.id, "partner_id": unit.partner_id.id, "branch_id": branch.id,
            "milestone_id": milestone.id, "role_id": milestone.role_id.id, "user_id": caller.id,
            "planned_date": branch._today(), "deadline": branch._today(),
        })
    calls._project_activities()
    ids, first, second = calls.ids, caller.id, env.ref("base.user_admin").id
    env.cr.commit()
    told = {}


    def people(cr, uid, call_id, **context):
        own = api.Environment(cr, uid, {"lang": "en_US", **context})
        return own["kpb.followup"].browse(call_id)


    def facts(call_id):
        with registry.cursor() as cr:
            call = people(cr, 1, call_id)
            return {
                "state": call.state,
                "result": call.result,
                "attempts": len(call.attempt_ids),
                "unsuccessful": call.unsuccessful_count,
                "activities": len(call.activity_ids),
                "visits": len(call.purchase_id.visit_ids),
            }


    def request(uid, call_id, act, **context):
        """Do something as a web request does it; return what its sender is told."""
        with registry.cursor() as cr:
            call = people(cr, uid, call_id, **context)
            try:
                retrying(lambda: act(call), call.env)
            except UserError as refusal:
                return str(refusal)
            return "logged"


    # 1. the first has not finished yet: the second is told at once and writes nothing
    with registry.cursor() as cr:
        people(cr, first, ids[0]).log_attempt("no_answer")
        told["busy"] = request(second, ids[0], lambda call: call.log_attempt("refused"))
    told["busy_after"] = facts(ids[0])

    # 2. the first has finished after the second began: the second sees what he did
    with registry.cursor() as cr:
        late = people(cr, second, ids[1])
        late.state  # the second's view of the world begins here
        request(first, ids[1], lambda call: call.log_attempt("refused", note="Mahal"))
        try:
            late.log_attempt("no_answer")
            told["stale"] = "logged"
        except SerializationFailure:
            told["stale"] = "refused by the database"
            cr.rollback()
    told["late"] = request(second, ids[1], lambda call: call.log_attempt("no_answer"))
    told["late_after"] = facts(ids[1])

    # 3. an old screen: nothing is closed, yet the second has not seen what the first logged
    request(first, ids[2], lambda call: call.log_attempt("no_answer"))
    told["old_screen"] = request(
        second, ids[2], lambda call: call.log_attempt("refused"), kpb_seen_attempts=0
    )
    told["old_screen_after"] = facts(ids[2])


    # 4. eight at the same moment
    def all_at_once(call_id, outcome):
        barrier, answers = threading.Barrier(8), []

        def send(uid):
            barrier.wait()
            answers.append(request(uid, call_id, lambda call: call.log_attempt(outcome)))

        threads = [
            threading.Thread(target=send, args=(uid,)) for uid in (first, second) * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(answers)


    told["eight"] = all_at_once(ids[3], "served_own")
    told["eight_after"] = facts(ids[3])
    told["silence"] = all_at_once(ids[4], "no_answer")
    told["silence_after"] = facts(ids[4])
    print(json.dumps(told))
    '''
)


@pytest.fixture
def told(start_odoo):
    """What everybody was told, and how the calls stand afterwards."""
    process = start_odoo(
        "--no-http",
        "--log-level",
        "error",
        command=("shell",),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    output, _nothing = process.communicate(SCRIPT, timeout=120)
    assert process.returncode == 0, output
    return json.loads(output.strip().splitlines()[-1])


@pytest.mark.slow
def test_two_callers(told):
    assert "A colleague is logging" in told["busy"]
    assert (told["busy_after"]["state"], told["busy_after"]["attempts"]) == ("todo", 1)

    assert told["stale"] == "refused by the database"
    assert "is closed: Refused" in told["late"]
    assert told["late_after"]["attempts"] == 1
    assert told["late_after"]["state"] == "failed"

    assert told["old_screen"].startswith("Meanwhile logged")
    assert "No answer" in told["old_screen"]
    assert told["old_screen_after"]["attempts"] == 1
    assert told["old_screen_after"]["activities"] == 1

    assert told["eight"].count("logged") == 1, told["eight"]
    assert all("closed" in answer or "logging" in answer or answer == "logged"
               for answer in told["eight"])  # fmt: skip
    assert told["eight_after"]["attempts"] == told["eight_after"]["visits"] == 1
    assert told["eight_after"]["activities"] == 0

    logged = told["silence"].count("logged")
    assert 1 <= logged <= 5
    assert told["silence_after"]["attempts"] == logged
    assert told["silence_after"]["unsuccessful"] == logged
    assert told["silence_after"]["activities"] == (told["silence_after"]["state"] == "todo")
