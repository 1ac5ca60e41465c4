"""Runs the command line of this repository, built once."""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "src/Cli/bin/Release/net10.0/mlvision.dll"


def build():
    subprocess.run(["dotnet", "build", ROOT / "src/Cli", "-c", "Release", "-v", "quiet"], check=True, stdout=sys.stderr)


def run(*arguments):
    """Standard output of a command; its progress is shown."""
    command = ["dotnet", TOOL, *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def run_json(*arguments):
    return json.loads(run(*arguments, "--json"))


def train(*arguments):
    """Peak resident memory of a training, in MB: the system's figure for the process that ended."""
    command = ["/usr/bin/time", "-v", "dotnet", TOOL, "train", "--overwrite", *map(str, arguments)]
    log = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr
    print(log.split("\tCommand being timed")[0], file=sys.stderr)
    return int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", log).group(1)) * 1024 / 1e6
