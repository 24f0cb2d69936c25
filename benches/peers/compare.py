"""Runs all peers and lendcycle in turn, several times over, on one thread each; checks that they agree; prints the speed table.

Per repetition every peer simulates `--runs` runs with seed `--seed` + repetition. The table has the median over the
repetitions of nanoseconds per account-month and of its ratio to lendcycle, the ratio taken within each repetition.
Exit code 1 when two peers' means differ by 4 standard errors or more, or when a peer fails.
"""

import argparse
import itertools
import json
import math
import os
import shlex
import subprocess
import sys
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
CRATE = HERE.parent.parent
ONE_THREAD = {name: "1" for name in (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")}
NAIVE = ["cargo", "run", "--quiet", "--release", "--manifest-path", str(HERE / "naive" / "Cargo.toml"), "--"]
Z_LIMIT = 4.0


def run(command, runs, seed):
    """Runs a peer in the crate's root; returns the last JSON line of its output, or the reason why there is none."""
    command = [*command, "--runs", str(runs), "--seed", str(seed)]
    try:
        done = subprocess.run(command, cwd=CRATE, env=os.environ | ONE_THREAD, capture_output=True, text=True)
    except OSError as error:
        return None, str(error)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        reason = done.stderr.strip().splitlines()[-1:] or ["no JSON line printed"]
        return None, f"exit code {done.returncode}: {reason[0]}"
    return json.loads(lines[-1]), None


def pooled(results, name):
    """Mean of `name` per run and its standard error, over all repetitions (equal numbers of runs)."""
    count = len(results)
    mean = sum(r["means"][name] for r in results) / count
    return mean, math.sqrt(sum(r["std_errors"][name] ** 2 for r in results)) / count


def print_agreement(results):
    """Prints the pooled means and every pair's z-scores; returns whether all are within the limit."""
    names = list(next(iter(results.values()))[0]["means"])
    print("\nmeans per run (standard error)")
    print(f"{'':24}" + "".join(f"{name:>26}" for name in names))
    for peer, its in results.items():
        cells = ("{:.0f} ({:.0f})".format(*pooled(its, name)) for name in names)
        print(f"{peer:24}" + "".join(f"{cell:>26}" for cell in cells))
    print("\nz-scores of the differences")
    agree = True
    for a, b in itertools.combinations(results, 2):
        cells = []
        for name in names:
            (mean_a, se_a), (mean_b, se_b) = pooled(results[a], name), pooled(results[b], name)
            difference, se = mean_a - mean_b, math.hypot(se_a, se_b)
            z = difference / se if se > 0.0 else math.copysign(math.inf, difference) if difference else 0.0
            agree &= abs(z) < Z_LIMIT
            cells.append(z)
        print(f"{a + ' - ' + b:24}" + "".join(f"{z:26.2f}" for z in cells))
    return agree


def print_speed(results):
    ns = {peer: [r["ns_per_account_month"] for r in its] for peer, its in results.items()}
    own = ns.get("lendcycle")
    print(f"\n{'':12}{'ns per account-month':>22}{'min .. max':>18}{'x lendcycle':>13}{'runs':>8}")
    for peer, times in ns.items():
        ratio = f"{median(t / o for t, o in zip(times, own)):.2f}" if own else "-"
        spread = f"{min(times):.2f} .. {max(times):.2f}"
        print(f"{peer:12}{median(times):22.2f}{spread:>18}{ratio:>13}{sum(r['runs'] for r in results[peer]):8}")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--runs", type=int, default=20, help="runs per peer and repetition (at least 2)")
    args.add_argument("--reps", type=int, default=5, help="repetitions")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--lendcycle", metavar="CMD", default="cargo bench --quiet --bench reduced --",
                      help="command in the crate's root that prints a peer's JSON line; --runs N --seed S are appended")
    args = args.parse_args()
    if args.runs < 2 or args.reps < 1:
        sys.exit("--runs must be at least 2 (standard errors) and --reps at least 1")

    commands = {
        "lendcycle": shlex.split(args.lendcycle),
        "numpy": [sys.executable, str(HERE / "peer_numpy.py")],
        "numpy-plain": [sys.executable, str(HERE / "peer_numpy_plain.py")],
        "numba": [sys.executable, str(HERE / "peer_numba.py")],
        "naive": NAIVE,
    }
    results = {peer: [] for peer in commands}
    failed = False
    for rep in range(args.reps):
        for peer in list(results):
            result, reason = run(commands[peer], args.runs, args.seed + rep)
            if result is None:
                what = "skipped" if peer == "lendcycle" else "FAILED"
                failed |= peer != "lendcycle" or rep > 0
                print(f"{peer} {what}: {shlex.join(commands[peer])}: {reason}", flush=True)
                del results[peer]
                continue
            results[peer].append(result)
            print(f"repetition {rep + 1} of {args.reps}: {peer:12}{result['ns_per_account_month']:8.2f} ns", flush=True)
    if not results:
        sys.exit("nothing ran")

    agree = print_agreement(results)
    print_speed(results)
    if not agree:
        print(f"\nDISAGREEMENT: a z-score is {Z_LIMIT:g} or more")
    sys.exit(0 if agree and not failed else 1)


if __name__ == "__main__":
    main()
