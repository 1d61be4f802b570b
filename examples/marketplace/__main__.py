"""Start Harborlane: `python -m examples.marketplace [--settings file.toml]`; with `subjects` only list its content."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from .app import build_app
from .content import seed_items
from .flagstaff import subject_of
from .settings import load


def main() -> None:
    """Serve the host, or print every invented item as Flagstaff's contract names it, one JSON object a line."""
    reader = argparse.ArgumentParser(prog="marketplace", description="Harborlane, the demo host of Flagstaff")
    reader.add_argument("what", nargs="?", choices=["serve", "subjects"], default="serve")
    reader.add_argument("--settings", type=Path, help="a TOML file; see settings.py")
    given = reader.parse_args()
    settings = load(given.settings)
    if given.what == "subjects":
        for item in seed_items(datetime.now(UTC)):
            print(json.dumps(subject_of(item, settings.address), ensure_ascii=False))
        return
    app = build_app(settings)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
