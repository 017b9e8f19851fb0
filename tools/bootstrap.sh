#!/usr/bin/env bash
# Puts in place what `make` needs, inside this folder only: uv, the locked Python environment (.venv), the Pulumi CLI (.tools/bin).
# With `judges`: the programs that the judges' tests run (tools/judges.sh). With `node`: checks only that the type checker can run.
# Says nothing when nothing is missing. Every piece is built beside its final place and moved there, so an interrupted run leaves nothing half done.
set -euo pipefail

readonly PULUMI_OLDEST=3.200.0
readonly PULUMI_INSTALLER=https://get.pulumi.com
readonly REACH_SECONDS=4 # how long an installer may take to answer before the next way is tried

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/.tools
logs=$tools/log
partial=$tools/partial.$$
step=
uv=
cd "$root"

# The version that is built or downloaded is the one that tools/pulumi/go.mod pins, the same as the Python SDK's in uv.lock.
pulumi_pin() {
    sed -n 's|^require github.com/pulumi/pulumi/pkg/v3 v||p' tools/pulumi/go.mod
}

# On stderr, so that a command's own output stays pure (`make export > state.json`).
say() {
    printf 'bootstrap: %s\n' "$*" >&2
}

fail() {
    say "$@"
    exit 1
}

# make puts .tools/bin first on PATH; here the question is what the machine brings, whatever name that folder goes by.
machine_path() {
    local folder kept=
    while read -r -d : folder; do
        [ "$folder" -ef "$tools/bin" ] || kept+=:$folder
    done <<<"$PATH:"
    printf '%s' "${kept#:}"
}
PATH=$(machine_path)

clean_up() {
    if [ -n "$step" ]; then
        kill -- "-$step" 2>/dev/null || true
    fi
    rm -rf "$partial"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# slowly WHAT COMMAND…: runs the command with its output in a log, and says every 15 s that it is still at it.
slowly() {
    local what=$1 log status=0 begun=$SECONDS
    shift
    log=$logs/${what// /-}.log
    mkdir -p "$logs" "$partial"
    say "$what …"
    set -m # a process group of its own, so that an interrupt ends the compilers too
    "$@" >"$log" 2>&1 </dev/null &
    step=$!
    set +m
    while wait_or_tick "$step"; do
        say "$what, $((SECONDS - begun)) s so far …"
    done
    wait "$step" || status=$?
    step=
    if [ "$status" -ne 0 ]; then
        tail -n 15 "$log" >&2
        say "$what failed after $((SECONDS - begun)) s; the whole log: ${log#"$root"/}"
        return "$status"
    fi
    say "$what: done in $((SECONDS - begun)) s"
}

# True after 15 s when the process still runs, false as soon as it has ended.
wait_or_tick() {
    local tick
    for ((tick = 0; tick < 75; tick++)); do
        kill -0 "$1" 2>/dev/null || return 1
        sleep 0.2
    done
}

# at_least OLDEST VERSION
at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

find_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            type -P "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is missing: on Debian, apt-get install python3 python3-venv"
}

uv_on_path() {
    type -P uv >/dev/null && uv --version >/dev/null 2>&1
}

make_uv() {
    "$1" -m venv "$partial/uv" && "$partial/uv/bin/python" -m pip install --quiet --disable-pip-version-check uv
}

need_uv() {
    local python
    if [ -x "$tools/uv/bin/uv" ]; then
        uv=$tools/uv/bin/uv
    elif uv_on_path; then
        uv=uv
    else
        python=$(find_python)
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            fail "uv is not on PATH, and $python cannot make the virtual environment to install it in: on Debian, apt-get install python3-venv"
        slowly "installing uv" make_uv "$python" || fail "uv is missing: it could not be installed, see above"
        rm -rf "$tools/uv"
        mv "$partial/uv" "$tools/uv"
        uv=$tools/uv/bin/uv
    fi
}

# The second try is for networks whose certificate authority only the system's own store knows.
uv_sync() {
    "$uv" sync --frozen "$@" || UV_NATIVE_TLS=true UV_SYSTEM_CERTS=true "$uv" sync --frozen "$@"
}

# Compiled at once, or every run of the engine would parse the SDK anew where Python may not write bytecode (5 s a run); the other
# clouds' SDKs are as large again, and wait for whoever uses them.
sync_environment() {
    uv_sync && { .venv/bin/python -m compileall -q -j 0 -x '/pulumi_(azure_native|gcp)/' .venv/lib || true; }
}

# lock_sum PROJECT: another one as soon as the lock, the project or the folder's place changes.
lock_sum() {
    cat "$1/uv.lock" "$1/pyproject.toml" - <<<"$root" | cksum
}

# is_synced ENVIRONMENT SUM
is_synced() {
    [ -x "$1/bin/python" ] && [ -f "$1/.synced" ] && [ "$(<"$1/.synced")" = "$2" ]
}

# mark_synced ENVIRONMENT SUM: the sum from before the sync, so that an edit in the middle of it is seen the next time.
mark_synced() {
    printf '%s\n' "$2" >"$1/.synced.$$"
    mv "$1/.synced.$$" "$1/.synced"
}

need_environment() {
    local sum
    sum=$(lock_sum .)
    if is_synced .venv "$sum"; then
        return
    fi
    need_uv
    slowly "installing the locked Python environment" sync_environment || fail "the Python environment is not complete, see above"
    mark_synced .venv "$sum"
}

# The CLI on PATH serves when it is new enough and brings its Python language host.
pulumi_on_path() {
    local version
    type -P pulumi-language-python >/dev/null && version=$(pulumi version 2>/dev/null) && at_least "$PULUMI_OLDEST" "${version#v}"
}

# Runs in `slowly`, where `set -e` does not reach: each line stands on the one before.
download_pulumi() {
    curl --fail --silent --show-error --location --proto '=https' --max-time 60 "$PULUMI_INSTALLER" --output "$partial/install.sh" &&
        sh "$partial/install.sh" --version "$1" --install-root "$partial/pulumi" --no-edit-path &&
        prints "v$1" "$partial/pulumi/bin/pulumi" version
}

installer_answers() {
    type -P curl >/dev/null && curl --fail --silent --location --connect-timeout "$REACH_SECONDS" --max-time "$REACH_SECONDS" \
        --output /dev/null "$PULUMI_INSTALLER"
}

build_pulumi() {
    local stamp=github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$1
    mkdir -p "$partial/pulumi/bin" &&
        go -C tools/pulumi build -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w -X $stamp" \
            -o "$partial/pulumi/bin/pulumi" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi &&
        prints "v$1" "$partial/pulumi/bin/pulumi" version
}

# prints EXPECTED COMMAND…
prints() {
    local expected=$1 printed
    shift
    printed=$("$@") || true
    [ "$printed" = "$expected" ] || { echo "$* prints '$printed', not '$expected'"; return 1; }
}

# need_go MODULE WHY: a Go that builds MODULE. One from 1.21 on that is older than go.mod asks for fetches its successor, where that is allowed.
need_go() {
    local oldest version advice
    oldest=$(sed -n 's/^go //p' "$1/go.mod")
    advice="Go $oldest or newer (https://go.dev/dl; on Debian, apt-get install golang, from backports where that is older)"
    type -P go >/dev/null || fail "$2: that needs $advice"
    version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || true
    at_least "$oldest" "${version#go}" ||
        slowly "fetching Go $oldest" go -C "$1" list -m ||
        fail "$2: ${version:-this Go} is too old and got no newer one (GOTOOLCHAIN=$(go env GOTOOLCHAIN 2>/dev/null)), it takes $advice"
}

# .tools/bin/pulumi is there exactly when the CLI on PATH does not serve.
need_pulumi() {
    local pin home tool
    pin=$(pulumi_pin)
    home=$tools/pulumi-$pin
    if pulumi_on_path; then
        rm -f "$tools"/bin/pulumi*
        return
    fi
    if [ ! -x "$home/bin/pulumi" ]; then
        mkdir -p "$partial"
        if ! { installer_answers && slowly "installing Pulumi $pin by its installer" download_pulumi "$pin"; }; then
            rm -rf "$partial/pulumi"
            need_go tools/pulumi "the Pulumi CLI is missing. Put pulumi $PULUMI_OLDEST or newer on PATH, or let it be built here"
            slowly "building Pulumi $pin from Go modules" build_pulumi "$pin" || fail "the Pulumi CLI could not be built"
        fi
        rm -rf "$home"
        mv "$partial/pulumi" "$home"
    fi
    if [ "$(readlink "$tools/bin/pulumi" 2>/dev/null)" != "$home/bin/pulumi" ]; then
        mkdir -p "$tools/bin"
        rm -f "$tools"/bin/pulumi*
        for tool in "$home"/bin/pulumi*; do
            ln -s "$tool" "$tools/bin/"
        done
    fi
}

need_node() {
    type -P node >/dev/null || fail "Node.js is missing, which the type checker runs on: on Debian, apt-get install nodejs"
}

case ${1:-} in
"")
    type -P git >/dev/null || fail "git is missing: on Debian, apt-get install git"
    need_environment
    need_pulumi
    ;;
judges)
    # shellcheck source=tools/judges.sh
    source tools/judges.sh
    need_judges
    ;;
node) need_node ;;
*) fail "what is '$1'? Nothing, or: judges, node" ;;
esac
