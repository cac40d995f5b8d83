#!/usr/bin/env bash
# The Windows part of the suite, on Linux, under wine: a command of its own, not a part of .ci/run.
#
#   tests/windows/run_under_wine.sh [arguments for pytest]
#
# It needs
#   - Debian packages: wine wine64 gcc-mingw-w64-x86-64-win32 xvfb unzip
#   - Python 3.11 as `python3.11` (or PY=/path/to/it), and this checkout's .venv (python packaging/bootstrap.py)
#   - a script that builds a Windows Python under wine: WINDOWS_PYTHON=/path/to/windows_python.sh, or one that lies
#     beside the checkout as ../shared/tools/windows_python.sh. It is called with a folder and the packages to install,
#     and leaves a program `wpython` there.
# The Windows Python is kept in build/windows, and built anew when the lock names other releases of its packages.
#
# wine is not Windows: it has no TPM, no cards, no CNG keys in its stores and TLS 1.2 with them only. What it cannot
# show is in tests/windows/MANUAL.md. Never run these tests in a Windows account that is used: they put certificates
# into its store and take them out again.
set -euo pipefail
cd "$(dirname "$0")/../.."
checkout=$(pwd)
place=$checkout/build/windows
builder=${WINDOWS_PYTHON:-$checkout/../shared/tools/windows_python.sh}

for program in wine x86_64-w64-mingw32-gcc unzip "${PY:-python3.11}"; do
    command -v "$program" >/dev/null || { echo "run_under_wine: $program is missing; see the head of $0" >&2; exit 2; }
done
[ -x "$checkout/.venv/bin/python" ] || { echo "run_under_wine: run 'python packaging/bootstrap.py' first" >&2; exit 2; }
# The same releases as everywhere, without the window and what wine has no use for.
names='cryptography|cffi|pycparser|h11|certifi|truststore|lxml|signxml|keyring|pywin32-ctypes|jaraco-.*'
names="$names|backports-tarfile|more-itertools|importlib-metadata|zipp|platformdirs|tzdata|lazy-importer"
names="$names|zeep|attrs|isodate|requests|requests-.*|urllib3|idna|charset-normalizer|xmlschema|elementpath"
names="$names|openpyxl|et-xmlfile|pyyaml|pyspnego|sspilib"
names="$names|pytest|pytest-timeout|iniconfig|packaging|pluggy|pygments|colorama"
mapfile -t wanted < <(grep -E "^($names)==" packaging/requirements.lock | sed 's/ .*//')
if [ ! -x "$place/wpython" ] || [ "$(cat "$place/packages" 2>/dev/null)" != "${wanted[*]}" ]; then
    [ -x "$builder" ] || { echo "run_under_wine: there is no $builder; see the head of $0" >&2; exit 2; }
    rm -rf "$place" && mkdir -p "$place"
    "$builder" "$place" "${wanted[@]}"
    echo "${wanted[*]}" >"$place/packages"
fi

run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
export CAISO_WINDOWS_RUN="Z:${run//\//\\}" PYTHONPATH="Z:${checkout//\//\\}"
"$place/wpython" -m pytest --rootdir "Z:$checkout" -c "Z:$checkout/tests/windows/pytest.ini" \
    "Z:$checkout/tests/windows" "$@"
[ ! -e "$run/signed-by-windows.xml" ] || .venv/bin/python tests/windows/verify_signature.py "$run/signed-by-windows.xml"
