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
SECRETS = {"POSTGRES_PASSWORD", "ODOO_ADMIN_PASSWORD"}
START = (CHECKOUT / "setup" / "docker" / "start.sh").read_text()


def conditions(service):
    return {name: rule["condition"] for name, rule in SERVICES[service]["depends_on"].items()}


def test_images():
    assert SERVICES["db"]["image"] == "postgres:17"
    assert {SERVICES[name]["image"] for name in ("prepare", "web", "cron")} == {"odoo:19.0"}


def test_servers_start_when_the_database_is_prepared():
    assert conditions("prepare") == {"db": "service_healthy"}
    assert SERVICES["prepare"]["restart"] == "no"
    for name in ("web", "cron"):
        assert conditions(name)["prepare"] == "service_completed_successfully"
        assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["db", "web", "cron"])
def test_lasting_services_are_watched(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


def test_every_verb_is_known_to_the_start_script():
    verbs = set(re.findall(r"^    ([a-z-]+)\) ", START, re.MULTILINE))
    used = {SERVICES[name]["command"][0] for name in ("prepare", "web", "cron")}
    used |= {SERVICES[name]["healthcheck"]["test"][-1] for name in ("web", "cron")}
    assert used == verbs


def test_scheduled_actions_run_in_one_container_only():
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
        for key, value in service["environment"].items():
            assert "PASSWORD" not in key or value.startswith("${"), key


def test_the_example_names_every_variable():
    assert set(re.findall(r"\$\{(\w+)", TEXT)) == set(EXAMPLE)


def test_env_is_ignored_by_git():
    assert ".env" in (CHECKOUT / ".gitignore").read_text().splitlines()


def test_only_the_web_container_is_reachable_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert SERVICES["web"]["ports"] == ["${ODOO_ADDRESS:-127.0.0.1}:${ODOO_PORT:-8069}:8069"]
    assert EXAMPLE["ODOO_ADDRESS"] == "127.0.0.1"
