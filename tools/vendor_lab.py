"""Bring the lab page's libraries from the npm registry into src/badak/lab/page/vendor.

    python tools/vendor_lab.py

Each library's version stands here. What comes in is written down in vendor.json with its licence
and checksums, which a test holds the files to. Names such as "preact", which a browser could only
resolve by an inline script, become paths; nothing else of a file is changed.
"""

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).parent.parent / "src" / "badak" / "lab" / "page" / "vendor"

PACKAGES: dict[str, dict[str, str]] = {
    "preact@11.2.0": {"dist/preact.mjs": "preact.js", "hooks/dist/hooks.mjs": "preact-hooks.js"},
    "htm@3.1.1": {"dist/htm.module.js": "htm.js"},
    "@preact/signals-core@1.14.5": {"dist/signals-core.module.js": "signals-core.js"},
    "@preact/signals@2.11.4": {"dist/signals.module.js": "signals.js"},
    "uplot@1.6.32": {"dist/uPlot.esm.js": "uplot.js", "dist/uPlot.min.css": "uplot.css"},
}
"""For each package the files that are taken, and what they are called here."""

PATHS = {
    '"preact/hooks"': '"./preact-hooks.js"',
    '"preact"': '"./preact.js"',
    '"@preact/signals-core"': '"./signals-core.js"',
}


def main() -> None:
    """Fetch each package and write its files, its licence and the list of all."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    listed = [fetched(package, files) for package, files in PACKAGES.items()]
    text = json.dumps(listed, indent=2) + "\n"
    (VENDOR / "vendor.json").write_text(text, encoding="utf-8")


def fetched(package: str, files: dict[str, str]) -> dict[str, Any]:
    """Write a package's files and return what is known of them."""
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run(
            ["npm", "pack", package, "--json", "--pack-destination", folder],
            check=True,
            capture_output=True,
            text=True,
        )
        told = json.loads(said.stdout)
        # A list of packages, or, of newer versions of npm, an object by name.
        [packed] = told if isinstance(told, list) else told.values()
        with tarfile.open(Path(folder) / packed["filename"]) as archive:
            content = {
                member.name.removeprefix("package/"): archive.extractfile(member)
                for member in archive.getmembers()
            }
            texts = {name: (file or io.BytesIO()).read() for name, file in content.items()}
    name, version = package.rsplit("@", 1)
    about = json.loads(texts["package.json"])
    licence = f"{name.strip('@').replace('/', '-')}.LICENSE"
    (VENDOR / licence).write_bytes(texts["LICENSE"])
    return {
        "name": name,
        "version": version,
        "licence": about["license"],
        "licence_file": licence,
        "integrity": packed["integrity"],
        "files": [_written(path, ours, texts[path]) for path, ours in files.items()],
    }


def _written(path: str, ours: str, content: bytes) -> dict[str, Any]:
    text = content.decode("utf-8")
    replaced = {name: here for name, here in PATHS.items() if f"from{name}" in text}
    for name, here in replaced.items():
        text = text.replace(f"from{name}", f"from{here}")
    mapped = text.rfind("//# sourceMappingURL=")
    left_out = text[mapped:] if mapped >= 0 else ""  # the map is not here, and would be asked for
    text = text.removesuffix(left_out)
    made = text.encode("utf-8")
    (VENDOR / ours).write_bytes(made)
    return {
        "path": path,
        "file": ours,
        "sha256_of_the_package": hashlib.sha256(content).hexdigest(),
        "sha256": hashlib.sha256(made).hexdigest(),
        "paths": replaced,
        "left_out": left_out,
    }


if __name__ == "__main__":
    main()
