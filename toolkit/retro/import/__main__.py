import sys

from toolkit.retro.scripts.import_path import main

sys.exit(main())
