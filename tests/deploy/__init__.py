"""The files for operators: complete, consistent with the code, accepted by the tools that read them."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
