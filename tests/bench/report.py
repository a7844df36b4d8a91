"""Turns the figures of a run into tables, a picture and the README's block.

    report.py FOLDER [--readme FILE]

Reads ``bench.json``, writes ``bench.md`` and ``bench.svg`` beside it and prints the tables. With
--readme the block between the two marks of that file is written anew.
"""

import argparse
import json
import re
from pathlib import Path
from statistics import median
from textwrap import dedent

NAMES = {
    "schedule": "`activity_schedule` per record",
    "automation": "time-based automation rule",
    "batch": "plain batch `mail.activity.create`",
    "addon": "this addon: follow-up, activity, pointer",
    "sql": "the same rows in raw SQL",
}
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
#: (what is held, who is divided by the addon or it by whom, figure, whether at least or at most)
AT_LEAST = {"schedule": 40, "automation": 100}
#: Milliseconds for the first screen of each report.
MOST_REPORT = {"head office": 2000, "branch": 500}
MOST_SQL, MOST_QUERIES, MOST_MB, MOST_IDLE = 4, 0.1, 300, 0.2


def each(runs, figure):
    """Return (median, lowest, highest) of a figure per milestone; None where it is unknown."""
    values = [run[figure] / run["milestones"] for run in runs if run[figure] is not None]
    return (median(values), min(values), max(values)) if values else None


def processor(runs):
    """Return the median of the processor seconds per milestone, Python and database."""
    return median(
        (run["python_seconds"] + (run["database_seconds"] or 0)) / run["milestones"] for run in runs
    )


def peer_rows(found):
    """Return the rows of the table of peers."""
    base = processor(found["peers"]["addon"])
    rows = []
    for peer, name in NAMES.items():
        runs = found["peers"][peer]
        middle, low, high = (1000 * value for value in each(runs, "seconds"))
        rows.append(
            (
                name,
                f"{runs[0]['milestones']:,}",
                f"{middle:.2f} ({low:.2f}–{high:.2f})",
                f"{1000 * processor(runs):.2f}",
                f"{processor(runs) / base:.1f} ×",
                f"{each(runs, 'queries')[0]:.3f}" if peer != "sql" else "–",
                f"{max(run['peak_mb'] for run in runs):.0f}",
            )
        )
    return rows


def verdicts(found):
    """Return (what, asked, found, held) for each figure that is to be reached."""
    peers = found["peers"]
    time = {peer: each(runs, "seconds")[0] for peer, runs in peers.items()}
    rows = [
        (f"{NAMES[peer]} ÷ addon", f"≥ {least}", f"{time[peer] / time['addon']:.0f}",
         time[peer] / time["addon"] >= least)
        for peer, least in AT_LEAST.items()
    ]  # fmt: skip
    queries = each(peers["addon"], "queries")[0]
    peak = max(run["peak_mb"] for run in peers["addon"])
    share = time["addon"] / time["sql"]
    rows.append(("addon ÷ raw SQL", f"≤ {MOST_SQL}", f"{share:.1f}", share <= MOST_SQL))
    rows.append(
        ("queries per milestone", f"≤ {MOST_QUERIES}", f"{queries:.3f}", queries <= MOST_QUERIES)
    )
    rows.append(("peak memory, MB", f"≤ {MOST_MB}", f"{peak:.0f}", peak <= MOST_MB))
    for idle in found["nothing_due"]:
        seconds = median(run["seconds"] for run in idle["runs"])
        rows.append(
            (f"nothing due, {idle['units']:,} units, s", f"≤ {MOST_IDLE}", f"{seconds:.3f}",
             seconds <= MOST_IDLE)
        )  # fmt: skip
    for who, most in MOST_REPORT.items():
        firsts = {name: of[who] for name, of in found["reports"].items() if name[0] != " "}
        report, slowest = max(firsts.items(), key=lambda pair: pair[1])
        rows.append(
            (f"slowest report, {who}, ms ({report})", f"≤ {most}", f"{slowest:.0f}",
             slowest <= most)
        )  # fmt: skip
    return rows


def job_rows(found):
    """Return the rows of the table of jobs."""
    rows = []
    for job, of in found["jobs"].items():
        done, seconds = of["due"]["handled"], of["due"]["seconds"]
        idle = median(run["seconds"] for run in of["idle"])
        per = f"{1000 * seconds / done:.1f}" if done else "–"
        rows.append((job, f"{done:,}", f"{seconds:.2f}", per, f"{idle:.3f}"))
    return rows


def screen_rows(found):
    """Return the rows of the table of screens, in milliseconds."""

    def told(seconds):
        return f"{1000 * median(seconds):.0f}" if seconds else "–"

    return [
        (screen, *(told(of.get(who)) for who in ("ours", "own leads", "all leads")))
        for screen, of in found["screens"].items()
    ]


def report_rows(found):
    """Return the rows of the table of reports, in milliseconds."""
    return [
        (report.replace("  ", "… "), *(f"{of[who]:.0f}" for who in MOST_REPORT))
        for report, of in found["reports"].items()
    ]


def table(titles, rows):
    """Return a table in Markdown; all columns but the first are numbers."""
    cells = [titles, *rows]
    widths = [max(len(str(row[place])) for row in cells) for place in range(len(titles))]

    def line(row):
        padded = [
            str(cell).ljust(width) if not place else str(cell).rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        return f"| {' | '.join(padded)} |"

    ruler = [
        "-" * width if not place else "-" * (width - 1) + ":" for place, width in enumerate(widths)
    ]
    return "\n".join([line(titles), line(ruler), *(line(row) for row in rows)])


def peers_table(found):
    """Return the table of peers with the sentence that says under which conditions."""
    settings = found["machine"]["postgresql"]
    version = settings["server_version"].split()[0]
    head = (
        f"{found['due']:,} due milestones among {found['purchases']:,} units,"
        f" {found['machine']['processors']} cores, PostgreSQL {version}"
        f" with fsync {settings['fsync']}, synchronous_commit {settings['synchronous_commit']},"
        f" full_page_writes {settings['full_page_writes']}; median of"
        f" {len(found['peers']['addon'])} interleaved rounds (lowest–highest)."
    )
    titles = ("way", "milestones", "ms per milestone", "CPU ms", "CPU", "queries", "peak MB")
    return f"{head}\n\n{table(titles, peer_rows(found))}"


def whole(found):
    """Return everything in Markdown."""
    plan = found["nothing_due"][-1]["runs"][-1]["plan"]
    held = [(*row[:3], "yes" if row[3] else "**no**") for row in verdicts(found)]
    rows = ", ".join(f"{count:,} {name}" for name, count in found["rows"].items())
    return "\n\n".join(
        [
            "# What the bench found",
            f"{found['machine']['date']}, load {found['machine']['load']:.1f} at the start.",
            "## One activity per due milestone",
            peers_table(found),
            "## What is to be reached",
            table(("figure", "asked", "found", "held"), held),
            "## Jobs",
            "Seconds through the scheduled action, with something due and with nothing.",
            table(("job", "done", "s", "ms each", "idle s"), job_rows(found)),
            "The search for what is due, when nothing is:",
            "```\n" + "\n".join(plan) + "\n```",
            "## Reports",
            "Milliseconds for the first screen, median; what begins with … is asked for by hand.",
            table(("report", *MOST_REPORT), report_rows(found)),
            "## Screens",
            f"Milliseconds over HTTP under the record rules, median; {rows}.",
            table(("screen", "ours", "CRM, own leads", "CRM, all leads"), screen_rows(found)),
        ]
    )


def picture(found):
    """Return the times per milestone as an SVG with a logarithmic scale."""
    from math import log10

    width, bar, left, right = 860, 34, 290, 90
    values = {peer: 1000 * each(runs, "seconds")[0] for peer, runs in found["peers"].items()}
    low, high = 0.05, max(values.values()) * 1.3

    def place(value):
        share = (log10(value) - log10(low)) / (log10(high) - log10(low))
        return left + max(share, 0.01) * (width - left - right)

    lines, top = [], 46
    for peer, value in values.items():
        colour = "#017e84" if peer == "addon" else "#8f8f9d"
        name = NAMES[peer].replace("`", "")
        lines.append(
            f'<text x="{left - 10}" y="{top + 22}" text-anchor="end">{name}</text>'
            f'<rect x="{left}" y="{top + 4}" width="{place(value) - left:.0f}" height="{bar - 10}"'
            f' rx="3" fill="{colour}"/>'
            f'<text x="{place(value) + 8:.0f}" y="{top + 22}">{value:.2f} ms</text>'
        )
        top += bar
    body = f"\n{' ' * 10}".join(lines)
    return dedent(
        f"""\
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top + 16}"
             font-family="sans-serif" font-size="14" fill="#333">
          <rect width="100%" height="100%" fill="#fff"/>
          <text x="{left}" y="26" font-size="16">Milliseconds per due milestone (logarithmic)</text>
          {body}
        </svg>
        """
    )


def renew_block(text, block):
    """Return a text with its bench block replaced.

    :raises SystemExit: when the text has no such block
    """
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"The file has no block between {BEGIN} and {END}.")
    return pattern.sub(lambda _found: f"{BEGIN}\n\n{block}\n\n{END}", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readme", type=Path)
    options = parser.parse_args()
    found = json.loads((options.folder / "bench.json").read_text())
    text = whole(found)
    (options.folder / "bench.md").write_text(text + "\n")
    (options.folder / "bench.svg").write_text(picture(found))
    print(f"\n{text}\n")
    if options.readme:
        screens = table(
            ("screen, ms", "ours", "CRM, own leads", "CRM, all leads"), screen_rows(found)
        )
        block = f"{peers_table(found)}\n\n{screens}"
        options.readme.write_text(renew_block(options.readme.read_text(), block))


if __name__ == "__main__":
    main()
