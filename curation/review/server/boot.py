"""The first file that the server's own Python runs: `python -I boot.py FOLDER SOCKET`.

It makes the package `curation` importable by its folder. Putting that folder's parent on the
path would offer the server everything that is installed beside Gristmill.
"""

import importlib.util
import sys
from pathlib import Path


def main() -> None:
    package = Path(__file__).resolve().parents[2]
    spec = importlib.util.spec_from_file_location(
        "curation", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec
    sys.modules["curation"] = importlib.util.module_from_spec(spec)

    from curation.review.server.inside import main as server

    server.run(Path(sys.argv[1]), socket_number=int(sys.argv[2]))


if __name__ == "__main__":
    main()
