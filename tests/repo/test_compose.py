"""docker-compose.yml, read as text: no engine is needed to see that it hangs together."""

import re

import pytest
import yaml
from checkout import CHECKOUT

TEXT = (CHECKOUT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
EXAMPLE = dict(
    line.split("=", 1)
    for line in (CHECKOUT / ".env.example").read_text().splitlines()
    if line and not line.startswith("#")
)
#: What is there in the profile "scale" only.
SCALE = {"web-2", "cron-2", "replica", "proxy"}
ODOO = ("web", "cron", "web-2", "cron-2")
SECRETS = {"POSTGRES_PASSWORD", "ODOO_ADMIN_PASSWORD"}
DOCKER = CHECKOUT / "setup" / "docker"
START = (DOCKER / "start.sh").read_text()


def conditions(service):
    return {name: rule["condition"] for name, rule in SERVICES[service]["depends_on"].items()}


def test_images():
    assert {SERVICES[name]["image"] for name in ("db", "replica")} == {"postgres:17"}
    assert {SERVICES[name]["image"] for name in ("prepare", *ODOO)} == {"odoo:19.0"}


def test_servers_start_when_the_database_is_prepared():
    assert conditions("prepare") == {"db": "service_healthy"}
    assert SERVICES["prepare"]["restart"] == "no"
    for name in ODOO:
        assert conditions(name)["prepare"] == "service_completed_successfully"
        assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["db", "replica", "proxy", *ODOO])
def test_lasting_services_are_watched(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


def test_every_verb_is_known_to_the_start_script():
    verbs = set(re.findall(r"^    ([a-z-]+)\) ", START, re.MULTILINE))
    used = {SERVICES[name]["command"][0] for name in ("prepare", *ODOO)}
    used |= {SERVICES[name]["healthcheck"]["test"][-1] for name in ODOO}
    assert used == verbs


def test_scheduled_actions_run_in_containers_of_their_own():
    assert re.search(r"web\) exec odoo .*--max-cron-threads 0", START)
    assert re.search(r"cron\) exec odoo .*--no-http --max-cron-threads [1-9]", START)


def test_data_is_in_named_volumes():
    mounts = [mount for service in SERVICES.values() for mount in service["volumes"]]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith(".")}
    assert named == set(COMPOSE["volumes"])
    assert "odoo-data:/var/lib/odoo" in SERVICES["web"]["volumes"]
    assert SERVICES["web"]["volumes"] == SERVICES["cron"]["volumes"]


def test_mounted_files_exist_and_stay_untouched():
    for service in SERVICES.values():
        for mount in service["volumes"]:
            source, _target, *mode = mount.split(":")
            if source.startswith("."):
                assert (CHECKOUT / source).exists(), source
                assert mode == ["ro"], mount


def test_no_password_is_written_down():
    for name in SECRETS:
        assert EXAMPLE[name] == ""
        uses = re.findall(r"\$\{" + name + r"([^}]*)\}", TEXT)
        assert uses
        assert all(use.startswith(":?") for use in uses), f"{name} must be required"
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or value.startswith("${"), key


def test_the_example_names_every_variable():
    # Compose itself reads COMPOSE_PROFILES.
    assert set(re.findall(r"\$\{(\w+)", TEXT)) == set(EXAMPLE) - {"COMPOSE_PROFILES"}


def test_env_is_ignored_by_git():
    assert ".env" in (CHECKOUT / ".gitignore").read_text().splitlines()


def test_only_the_web_container_and_the_proxy_are_reachable_from_outside():
    reachable = {name: service.get("ports") for name, service in SERVICES.items()}
    reachable = {name: ports for name, ports in reachable.items() if ports}
    assert reachable == {
        "web": ["${ODOO_ADDRESS:-127.0.0.1}:${ODOO_PORT:-8069}:8069"],
        "proxy": ["${ODOO_ADDRESS:-127.0.0.1}:${ODOO_PROXY_PORT:-8080}:8080"],
    }
    assert EXAMPLE["ODOO_ADDRESS"] == "127.0.0.1"


def test_one_machine_is_enough_unless_the_profile_says_otherwise():
    assert {name for name, service in SERVICES.items() if "profiles" in service} == SCALE
    assert all(SERVICES[name]["profiles"] == ["scale"] for name in SCALE)
    assert EXAMPLE["COMPOSE_PROFILES"] == EXAMPLE["ODOO_REPLICA"] == ""


@pytest.mark.parametrize("name", ["web", "cron"])
def test_the_second_of_each_is_like_the_first(name):
    first, second = SERVICES[name], SERVICES[f"{name}-2"]
    for what in ("image", "command", "environment", "volumes", "depends_on", "healthcheck"):
        assert second[what] == first[what], what


def test_lists_are_read_from_the_replica_where_there_is_one():
    assert SERVICES["web"]["environment"]["ODOO_REPLICA"] == "${ODOO_REPLICA:-}"
    assert '[[ -z ${ODOO_REPLICA:-} ]] || options+=(--db_replica_host "$ODOO_REPLICA")' in START


def test_the_replica_follows_the_primary():
    hba = (DOCKER / "pg_hba.conf").read_text()
    for name in ("db", "replica"):
        assert "hba_file=/setup/pg_hba.conf" in SERVICES[name]["command"]
    assert "host replication odoo samenet scram-sha-256" in hba
    assert not [line for line in hba.splitlines() if "trust" in line and "samenet" in line]
    assert SERVICES["replica"]["environment"]["PGHOST"] == "db"
    assert SERVICES["replica"]["user"] == "postgres"
    assert SERVICES["replica"]["entrypoint"][-1] == "/setup/replica.sh"
    assert conditions("replica") == {"db": "service_healthy"}


def test_the_proxy_knows_both_web_servers():
    proxy = (DOCKER / "proxy.conf").read_text()
    assert set(re.findall(r"server ([\w-]+):8069", proxy)) == {"web", "web-2"}
    assert set(conditions("proxy")) == {"web", "web-2"}
    assert "listen 8080;" in proxy
    assert "proxy_set_header Upgrade" in proxy, "messages come over a websocket"
