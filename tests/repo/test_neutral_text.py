"""Nothing in the repository depends on somebody's machine, network or package mirror."""

import re
import subprocess
from pathlib import Path

from checkout import CHECKOUT, text_of, tracked_files

#: The only hosts that may be named, with their subdomains.
ALLOWED_HOSTS = (
    "example.com",
    "github.com",
    "localhost",
    "odoo-community.org",
    "odoo.com",
    "w3.org",
    "wa.me",
)
#: Other people's texts.
NOT_OURS = ("LICENSE",)

URL_HOST = re.compile(r"\b(?:https?|ftp|git|wss?)://(?:[^\s/@]+@)?([\w.-]+)", re.IGNORECASE)
BARE_HOST = re.compile(
    r"(?<![\w.@/-])((?:[a-z0-9-]+\.)+(?:com|org|net|io))(?![\w-]|\.\w|\()", re.IGNORECASE
)
LOOPBACK = re.compile(r"127(\.\d+){3}|0\.0\.0\.0")
#: Folders of one person's account or of one build machine.
MACHINE_PATH = re.compile(r"(?<![\w.$}~*-])/(?:root|work|home/\w+|tmp/\w+|Users/\w+)(?![\w-])")


def host_problems(text: str) -> list[str]:
    """Return the hosts named in a text that are not on the short list."""
    hosts = {host.lower().strip(".") for host in URL_HOST.findall(text) + BARE_HOST.findall(text)}
    return sorted(host for host in hosts if not is_allowed(host))


def is_allowed(host: str) -> bool:
    """Return whether a host is on the list, below one that is, a single name, or this machine."""
    listed = any(host == known or host.endswith(f".{known}") for known in ALLOWED_HOSTS)
    return listed or "." not in host or bool(LOOPBACK.fullmatch(host))


def path_problems(text: str) -> list[str]:
    """Return the machine paths named in a text."""
    return sorted(set(MACHINE_PATH.findall(text)))


def neutrality_problems(checkout: Path) -> list[str]:
    """Check every text file under version control."""
    problems = []
    for file in tracked_files(checkout):
        where = file.relative_to(checkout).as_posix()
        text = text_of(file)
        if text is not None and where not in NOT_OURS:
            problems += [f"{where}: names {found}" for found in host_problems(text)]
            problems += [f"{where}: names the path {found}" for found in path_problems(text)]
    return problems


def test_no_machine_and_no_foreign_host_is_named():
    assert neutrality_problems(CHECKOUT) == []


def test_foreign_hosts_are_found():
    foreign = "packages.mirror" + ".org"
    for text in (f"https://{foreign}/x", f"deb {foreign} main", f"http://user:pw@{foreign}:80"):
        assert host_problems(text) == [foreign], text
    wanted = "https://wa.me/62812 https://www.odoo.com/x http://127.0.0.1:8069 http://localhost:1"
    assert host_problems(f"{wanted} rina@branch{'.'}com http://web:8069 partner.company_id") == []


def test_machine_paths_are_found(tmp_path):
    home, build = "/" + "home/rina", "/" + "work"
    assert path_problems(f"cd {home}/x && ls {build}/y") == [home, build]
    assert path_problems('"${TMPDIR:-/tmp}" and/work ./work/x /var/lib/odoo') == []
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "new.md").write_text(f"see {home}/notes")
    assert neutrality_problems(tmp_path) == [f"new.md: names the path {home}"]
