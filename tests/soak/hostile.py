"""Hostile input of every kind: files and command lines that somebody spoilt, a little or altogether.

    python -m tests.soak.hostile [--n 100000] [--seed 1] [--people 30] [--workers 2] [--only NUMBER]
        [--keep FOLDER]

Sheets, workbooks, FHIR, bundles, keys, protocols, registries, encrypted ones, options. Each is given to the program's own
entry in a child of a process that has imported everything; every 500th is a process of its own, as start-up is not seen
otherwise. After each: no traceback, an exit code that is documented, no more than 10 s of work, no more than 500 MB, no
process left behind, and where the program said no the registry is what it was, to the byte of every row. What was taken
leaves a registry that is whole. Worker 0 speaks English, worker 1 Chinese.

What breaks that is named by its number; its files are copied to the folder `--keep`.
"""

from tests.soak import inputs, trial

if __name__ == "__main__":
    trial.soak(str(__doc__), 100_000, inputs.Inputs)
