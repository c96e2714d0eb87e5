"""python -m toolkit: the same as the command `toolkit`."""

import sys

from toolkit.cli import main

sys.exit(main())
