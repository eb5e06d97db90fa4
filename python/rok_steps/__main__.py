"""``python -m rok_steps SPEC``: runs the step that the JSON file SPEC describes.

Standard output carries the events, one JSON object per line; standard input takes commands, and its end means that the
runner is gone. Whatever else is printed here goes to standard error.
"""

import os
import sys
import tempfile

from rok_steps.events import Events
from rok_steps.spec import LIMIT, SpecError, parse
from rok_steps.step import run


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    events = Events(os.dup(1))
    os.dup2(2, 1)
    try:
        os.setsid()
    except OSError:
        pass  # it leads a session already
    try:
        with open(sys.argv[1], "rb") as file:
            spec = parse(file.read(LIMIT + 1))
    except (OSError, SpecError) as error:
        print("rok_steps: %s" % error, file=sys.stderr)
        return 2
    tempfile.tempdir = spec.private  # the driver's own; the kernel has the user's
    return run(spec, events)


if __name__ == "__main__":
    sys.exit(main())
