#!/bin/sh
# Installs PyTorch's build for CPUs into a virtual environment, where it can be reached: torch.sh .venv/bin/python
#
# On x86-64 the package index has only the build with CUDA, 2.7 GB to download and 5.6 GB on disk. pip takes the one for
# CPUs by itself where it is told of an index or a folder that has it; elsewhere uv knows where PyTorch's own index is.
# Without either, this says so and leaves the rest to pip.
set -eu

python=$1
wanted=$(sed -n 's/^ *\(torch==[0-9.]*\)$/\1/p' "$(dirname "$0")/../setup.cfg")
pip="$python -m pip --disable-pip-version-check --quiet"

"$python" -c "import importlib.metadata as m, sys; sys.exit('torch==' + m.version('torch').split('+')[0] != '$wanted')" \
	2>/dev/null && exit 0
[ "$(uname -m)" = x86_64 ] || exit 0

found=$($pip install --dry-run --no-deps --report - "$wanted" 2>/dev/null | grep -c '"version": "[0-9.]*+cpu"' || true)
if [ "$found" = 0 ]; then
	$pip install uv
	"$python" -m uv pip install --quiet --no-cache --python "$python" --torch-backend cpu --no-deps "$wanted" 2>/dev/null ||
		echo "PyTorch's build for CPUs cannot be reached: pip takes the one with CUDA, 2.7 GB to download." >&2
fi
