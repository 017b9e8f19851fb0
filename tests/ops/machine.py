"""A checkout for tools/bootstrap.sh, on a machine whose programs are stand-ins."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COREUTILS = (
    *("bash", "sh", "env", "cat", "sed", "cksum", "mkdir", "rm", "mv", "ln", "readlink"),
    *("sort", "head", "tail", "dirname", "sleep", "touch", "chmod", "git"),
)
UV = """#!/bin/sh
echo uv $* >>calls
[ $1 = sync ] || exit 0
bin=${UV_PROJECT_ENVIRONMENT:-.venv}/bin
mkdir -p $bin && touch $bin/python $bin/checkov && chmod +x $bin/python $bin/checkov
"""
NO_NETWORK = "#!/bin/sh\nexit 6\n"


def program(says: str) -> str:
    return f"#!/bin/sh\necho '{says}'\n"


def go(version: str = "go1.26.0", building: str = ":", fetching: str = ":", pulumi: str = "v3.259.0") -> str:
    """One that makes the programs that it is told to make; those of Kubernetes print the version that the linker was given."""
    return f"""#!/bin/sh
case "$*" in
*GOVERSION) echo {version}; exit ;;
*GOTOOLCHAIN) echo auto; exit ;;
*"list -m") {fetching}; exit ;;
esac
while [ $# -gt 0 ]; do
    case "$1" in
    -o) out=$2; shift ;;
    -ldflags) flags=$2; shift ;;
    k8s.io/*) programs="$programs ${{1##*/}}" ;;
    esac
    shift
done
{building}
kubernetes=${{flags#*gitVersion=}}
kubernetes=${{kubernetes%% *}}
for name in $programs; do printf '#!/bin/sh\\necho Kubernetes %s\\n' "$kubernetes" >"$out$name" && chmod +x "$out$name"; done
[ -n "$programs" ] || {{ printf '#!/bin/sh\\necho {pulumi}\\n' >"$out" && chmod +x "$out"; }}
"""


@dataclass(frozen=True)
class Machine:
    """A checkout, and a folder with all the programs that there are."""

    checkout: Path
    programs: Path

    def has(self, name: str, script: str = "#!/bin/sh\n") -> None:
        (self.programs / name).unlink(missing_ok=True)
        (self.programs / name).write_text(script)
        (self.programs / name).chmod(0o755)

    def lacks(self, name: str) -> None:
        (self.programs / name).unlink(missing_ok=True)

    def start(self, *arguments: str, path: str = "") -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["tools/bootstrap.sh", *arguments],
            cwd=self.checkout,
            env={"PATH": path or str(self.programs), "HOME": str(self.checkout)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def bootstrap(self, *arguments: str, path: str = "") -> tuple[int, str]:
        with self.start(*arguments, path=path) as process:
            said, _ = process.communicate(timeout=60)
        return process.returncode, said

    def runs(self, name: str) -> str:
        """What the program of .tools/bin says."""
        return subprocess.run([self.installed / name, "--version"], capture_output=True, text=True, check=True).stdout.strip()

    @property
    def calls(self) -> str:
        return (self.checkout / "calls").read_text()

    @property
    def installed(self) -> Path:
        return self.checkout / ".tools" / "bin"

    @property
    def cli(self) -> Path:
        return self.installed / "pulumi"


def fresh(folder: Path) -> Machine:
    """One with Go and uv, without the CLI and without a network."""
    checkout, programs = folder / "checkout", folder / "programs"
    programs.mkdir()
    for module in ("pulumi", "kubernetes"):
        (checkout / "tools" / module).mkdir(parents=True)
        shutil.copy(ROOT / "tools" / module / "go.mod", checkout / "tools" / module)
    for script in ("bootstrap.sh", "judges.sh"):
        shutil.copy(ROOT / "tools" / script, checkout / "tools")
    for project in (checkout, checkout / "tools" / "checkov"):
        project.mkdir(exist_ok=True)
        for name in ("uv.lock", "pyproject.toml"):
            (project / name).write_text("1")
    for name in COREUTILS:
        os.symlink(shutil.which(name) or name, programs / name)
    made = Machine(checkout, programs)
    made.has("uv", UV)
    made.has("go", go())
    made.has("curl", NO_NETWORK)
    return made
