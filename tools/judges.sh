# shellcheck shell=bash disable=SC2154 # `tools`, `partial`, `uv` and the functions without a body here come from bootstrap.sh
# Sourced by bootstrap.sh: puts into .tools/bin the programs that judge a stack beside the stand-ins. kube-apiserver and
# kube-controller-manager are built from Go modules, etcd, promtool and amtool are the machine's or Debian's, checkov has an environment of its own.

readonly ETCD_OLDEST=3.4 # the oldest that was seen to serve this API server
readonly PROMTOOL_OLDEST=2.42 # likewise the rules of the stacks
readonly AMTOOL_OLDEST=0.25 # and where their alerts go

# Cheap ones first: a machine that lacks something learns it before the build of many minutes.
need_judges() {
    need_program etcd "$ETCD_OLDEST" etcd-server
    need_program promtool "$PROMTOOL_OLDEST" prometheus
    need_program amtool "$AMTOOL_OLDEST" prometheus-alertmanager
    need_checkov
    need_kubernetes
}

# link FILE: under its own name in .tools/bin
link() {
    local name=$tools/bin/${1##*/}
    if [ "$(readlink "$name" 2>/dev/null)" != "$1" ]; then
        mkdir -p "$tools/bin"
        ln -sfn "$1" "$name"
    fi
}

# serves PROGRAM OLDEST: it runs, and names a version that is new enough.
serves() {
    local version
    version=$("$1" --version 2>&1 | sed -nE 's/^.*[Vv]ersion:? +v?([0-9][0-9.]*).*$/\1/p' | head -n 1) || true
    [ -n "$version" ] && at_least "$2" "$version"
}

# need_program PROGRAM OLDEST PACKAGE: the one on PATH where it serves, otherwise the one that was taken out of Debian's package.
need_program() {
    local program=$1 oldest=$2 package=$3 file
    if file=$(type -P "$program") && serves "$file" "$oldest"; then
        link "$file"
        return
    fi
    file=$tools/$package/bin/$program
    if [ ! -x "$file" ]; then
        type -P apt-get >/dev/null ||
            fail "$program $oldest or newer is not on PATH, and without apt-get it is not fetched here: install it by hand (Debian has it in $package)"
        slowly "fetching $package from Debian" unpack_program "$program" "$oldest" "$package" ||
            fail "$program is missing: Debian's $package could not be had, see above. Put $program $oldest or newer on PATH"
        rm -rf "${tools:?}/$package"
        mv "$partial/$package" "$tools/$package"
    fi
    link "$file"
}

# Downloads as whoever runs this and unpacks without installing, so that no root is needed and no service starts. Only the program is kept.
unpack_program() {
    local program=$1 oldest=$2 package=$3 debs=$partial/debs-$3
    mkdir -p "$debs" "$partial/$package/bin" &&
        { download_package "$debs" "$package" || { own_lists && download_package "$debs" "$package"; }; } &&
        dpkg-deb -x "$debs"/*.deb "$debs/unpacked" &&
        mv "$debs/unpacked/usr/bin/$program" "$partial/$package/bin/" &&
        rm -rf "$debs" &&
        { serves "$partial/$package/bin/$program" "$oldest" || { echo "$package brings no $program $oldest or newer"; return 1; }; }
}

# download_package FOLDER PACKAGE: by our own lists once there are any.
download_package() {
    local -a lists=()
    if [ -f "$partial/apt.conf" ]; then
        lists=(-c "$partial/apt.conf")
    fi
    (cd "$1" && apt-get download ${lists[@]+"${lists[@]}"} "$2")
}

# Package lists of our own, for where the system's are empty, out of date or not ours to renew. They end with this run.
# What the system does after an update (cleaning its caches, telling the desktop) is not for a private one.
own_lists() {
    mkdir -p "$partial/apt/lists/partial" "$partial/apt/archives/partial" &&
        cat >"$partial/apt.conf" <<EOF &&
Dir::State "$partial/apt";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$partial/apt";
APT::Sandbox::User "";
Acquire::Languages "none";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
        apt-get -c "$partial/apt.conf" update
}

sync_checkov() {
    UV_PROJECT_ENVIRONMENT=$tools/checkov uv_sync --project tools/checkov --compile-bytecode
}

need_checkov() {
    local sum
    sum=$(lock_sum tools/checkov)
    if ! is_synced "$tools/checkov" "$sum"; then
        need_uv
        slowly "installing checkov" sync_checkov || fail "checkov is not complete, see above"
        mark_synced "$tools/checkov" "$sum"
    fi
    link "$tools/checkov/bin/checkov"
}

# Clients parse the version that the server reports, and a plain build has none.
build_kubernetes() {
    local minor=${1#*.} stamp=k8s.io/component-base/version program
    mkdir -p "$partial/kubernetes/bin" &&
        go -C tools/kubernetes build -mod=readonly -buildvcs=false -trimpath \
            -ldflags "-s -w -X $stamp.gitVersion=v$1 -X $stamp.gitMajor=${1%%.*} -X $stamp.gitMinor=${minor%%.*}" \
            -o "$partial/kubernetes/bin/" k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager ||
        return
    for program in kube-apiserver kube-controller-manager; do
        prints "Kubernetes v$1" "$partial/kubernetes/bin/$program" --version || return
    done
}

need_kubernetes() {
    local pin home
    pin=$(sed -n 's|^require k8s.io/kubernetes v||p' tools/kubernetes/go.mod)
    home=$tools/kubernetes-$pin
    if [ ! -x "$home/bin/kube-apiserver" ]; then
        need_go tools/kubernetes "the Kubernetes API server must be built"
        slowly "building Kubernetes $pin from Go modules" build_kubernetes "$pin" || fail "the Kubernetes API server could not be built"
        rm -rf "$home"
        mv "$partial/kubernetes" "$home"
    fi
    link "$home/bin/kube-apiserver"
    link "$home/bin/kube-controller-manager"
}
