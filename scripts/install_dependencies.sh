#!/usr/bin/env bash
# Installs the Debian packages that Merlon needs. Usage: scripts/install_dependencies.sh build|test|ci
# build: compiler and libraries; test: also what the tests run; ci: also clang-19 and its tools.
set -euo pipefail

build_packages=(g++ cmake ninja-build pkg-config ccache git ca-certificates
  libcli11-dev libpcre2-dev libtomlplusplus-dev libyaml-dev libutf8proc-dev libssl-dev zlib1g-dev libgit2-dev)
test_packages=(doctest-dev nlohmann-json3-dev libbenchmark-dev python3 python3-venv python3-yaml time openssh-client openssl)
ci_packages=(clang-19 clang-tidy-19 clang-format-19 lld-19 libclang-rt-19-dev)

packages=("${build_packages[@]}")
case "${1:-build}" in
  build) ;;
  test) packages+=("${test_packages[@]}") ;;
  ci) packages+=("${test_packages[@]}" "${ci_packages[@]}") ;;
  *) echo "usage: $0 build|test|ci" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
# The tests with real servers need npm; a machine's own Node.js is as good as Debian's.
if [ "${1:-build}" != build ] && ! command -v npm >/dev/null; then missing+=(nodejs npm); fi
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "$0: needs root or sudo to install: ${missing[*]}" >&2; exit 4; }
  as_root=(sudo)
fi
echo "installing ${#missing[@]} packages: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq </dev/null >&2
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >&2
