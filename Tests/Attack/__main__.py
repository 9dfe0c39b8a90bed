"""Attacks Life-OS from outside: `python3 Tests/Attack --program .build/debug/lifeos --seconds 90 --seed 7`."""

import argparse
import os
import random
import shutil
import signal
import sys

sys.dont_write_bytecode = True

import confinement
from campaign import Campaign
from catalogue import CatalogueFolder
from findings import Findings
from servers import Trouble, Workshop

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def arguments():
    parser = argparse.ArgumentParser(description="Attacks Life-OS from outside, and judges what it answers and keeps.")
    parser.add_argument("--program", default=f"{CHECKOUT}/.build/debug/lifeos", help="the lifeos to attack")
    parser.add_argument("--checkout", default=CHECKOUT, help="where events/, projections/ and dashboards/ are")
    parser.add_argument("--seconds", type=float, default=90, help="how long to go on; default 90")
    parser.add_argument("--seed", type=int, help="what decides; default a new one each time")
    parser.add_argument("--keep", action="store_true", help="keep the folder with databases and logs")
    return parser.parse_args()


def main():
    confinement.enter()
    confinement.become_child()
    asked = arguments()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1, 1_000_000)
    program, checkout = os.path.abspath(asked.program), os.path.abspath(asked.checkout)
    if not os.access(program, os.X_OK):
        sys.exit(f"attack: {program} is not there. Build it first: swift build")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    findings = Findings(seed, sys.stdout)
    root = confinement.make_folder()
    workshop = None
    try:
        folder = CatalogueFolder(f"{checkout}/events", f"{root}/events")
        folders = {"events": folder.path, "projections": f"{checkout}/projections", "dashboards": f"{checkout}/dashboards"}
        workshop = Workshop(root, program, folders, confinement.is_confined())
        full = "" if workshop.postgres.can_be_filled else "; without full disks, which take root"
        findings.note(f"attack with seed {seed} for {asked.seconds:.0f} s{full}")
        campaign = Campaign(seed, asked.seconds, workshop, folder, findings)
        campaign.run()
    except Trouble as trouble:
        print(f"attack: {trouble}", file=sys.stderr)
        sys.exit(2)
    finally:
        if workshop:
            workshop.close()
        if not asked.keep:
            shutil.rmtree(root, ignore_errors=True)
    for line in findings.summary():
        print(f"  {line}")
    operations = campaign.world.description.operations
    called = sum(name in campaign.journal.called for name in operations)
    done = "".join(f", {count} {name}" for name, count in sorted(findings.done.items()))
    print(f"Attack with seed {seed}: {campaign.rounds} rounds, {campaign.journal.count} requests, {called} of "
          f"{len(operations)} operations called{done}, {findings.checks} checks, {len(findings.counts)} findings after "
          f"{findings.seconds():.0f} seconds.")
    sys.exit(0 if findings.is_empty else 1)


if __name__ == "__main__":
    main()
