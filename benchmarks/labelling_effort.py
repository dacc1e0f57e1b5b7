"""What correcting a frame costs a person, with which tools: a robot labeller's account.

    python benchmarks/labelling_effort.py --checkpoint FILE [--data ../shared/data/camvid/val]
                                          [--frames N] [--void 11] [--seed 0] [--json FILE]

The robot knows the truth and corrects each frame until 98 % of its pixels are right, with the tools
alone: they get the same events as from the canvas, from a hand that strays. Strokes, clicks, keys
and the pointer's way in pixels of the screen at 250 % are counted; the time is modelled, see
``robot/effort.py``. It labels each frame three times: on a blank canvas with the brush, from the
prediction with the brush, and from the prediction, or what the CRF made of it, with whatever tool
brings most in its time. Trying tools out on a copy costs it nothing.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from robot.cases import Source
from robot.ways import WAYS, label

GOAL = 0.98
COUNTS = ("strokes", "clicks", "keys", "distance", "seconds")
Account = dict[str, Any]
"""How a frame went in each way, by the way's name."""


def main() -> None:
    """Label the frames on all cores and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--checkpoint", type=Path, required=True, help="trained on such frames")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/camvid/val"))
    parser.add_argument("--frames", type=int, help="so many, evenly spread; else all")
    parser.add_argument("--void", type=int, default=11, help="mask value that means void")
    parser.add_argument("--seed", type=int, default=0, help="of how the hand strays")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--json", type=Path, help="write the figures of every frame here")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        sys.exit(f"{arguments.data} is not on this machine")
    source = Source(arguments.data, arguments.checkpoint, arguments.void)
    accounts = []
    for account in measure(source, arguments.frames, arguments.seed, arguments.processes):
        accounts.append(account)
        print(f"{len(accounts)} {account['frame']}", file=sys.stderr, flush=True)
    print_table(accounts)
    if arguments.json:
        arguments.json.write_text(json.dumps(accounts, indent=2))


def measure(source: Source, frames: int | None, seed: int, processes: int) -> Iterator[Account]:
    """Accounts of the frames, in their order, as they are ready."""
    work = [(source, name, seed) for name in source.names(frames)]
    # Not forked: PyTorch's threads do not survive that.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(_account, work)


def _account(work: tuple[Source, str, int]) -> Account:
    source, name, seed = work
    case = source.case(name)
    outcomes = {way.name: asdict(label(case, source.classes, way, GOAL, seed)) for way in WAYS}
    return {"frame": name, "ways": outcomes}


def print_table(accounts: list[Account]) -> None:
    """What each way costs, and what each tool does in the last one."""
    ways = {way.name: [account["ways"][way.name] for account in accounts] for way in WAYS}
    print(f"\n{len(accounts)} frames until {GOAL:.0%} of the pixels are right\n")
    print(f"{'medians':24}{'start':>8}{'reached':>9}{_heads()}")
    for name, outcomes in ways.items():
        start = statistics.median(outcome["start"] for outcome in outcomes)
        reached = statistics.mean(outcome["end"] >= GOAL for outcome in outcomes)
        print(f"{name:24}{start:8.1%}{reached:9.0%}{_figures(statistics.median, outcomes)}")
    print(f"\n{'totals':41}{_heads()}{'ratio':>8}")
    first = _seconds(ways[WAYS[0].name])
    for name, outcomes in ways.items():
        print(f"{name:41}{_figures(sum, outcomes)}{_seconds(outcomes) / first:8.2f}")
    _print_tools(WAYS[-1].name, ways[WAYS[-1].name])


def _heads() -> str:
    return "".join(f"{count:>10}" for count in COUNTS)


def _figures(summary: Callable[[Iterable[float]], float], outcomes: list[Account]) -> str:
    figures = (summary(outcome["effort"][count] for outcome in outcomes) for count in COUNTS)
    return "".join(f"{figure:10.0f}" for figure in figures)


def _seconds(outcomes: list[Account]) -> float:
    return sum(float(outcome["effort"]["seconds"]) for outcome in outcomes)


def _print_tools(way: str, outcomes: list[Account]) -> None:
    """What each tool was used for, the most used first."""
    uses = [use for outcome in outcomes for use in outcome["uses"]]
    print(f"\n{way:24}{'uses':>8}{'of time':>9}{'of gain':>9}{'pixels a second':>17}")
    for tool, count in Counter(use["tool"] for use in uses).most_common():
        gain, seconds = (
            sum(use[what] for use in uses if use["tool"] == tool) for what in ("gain", "seconds")
        )
        time, gained = (sum(use[what] for use in uses) for what in ("seconds", "gain"))
        print(f"{tool:24}{count:8}{seconds / time:9.0%}{gain / gained:9.0%}{gain / seconds:17.0f}")


if __name__ == "__main__":
    main()
