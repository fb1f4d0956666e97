# Sourced by ./run and ./test: finds a Python that can make or check the environment.
# Sets $python; expects $here, the top folder of the project.

works() { "$1" -I -S -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=""
for candidate in "$here/.venv/bin/python" ${PYTHON:+"$PYTHON"} \
    python3 python3.14 python3.13 python3.12 python3.11; do
  if works "$candidate"; then
    python="$candidate"
    break
  fi
done

if [[ -z "$python" ]]; then
  found="$(python3 --version 2>/dev/null || echo "no Python")"
  cat >&2 <<MESSAGE
Assetman needs Python 3.11 or newer; here is ${found}. On Debian and Ubuntu:

    sudo apt-get install python3.11 python3.11-venv

Where that package is unknown, name another Python: PYTHON=/path/to/python3.12 $0
MESSAGE
  exit 3
fi
