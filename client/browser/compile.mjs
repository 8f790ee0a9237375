// Compiles the Python files of a folder by the very Python that will run them, which then need not
// do it on a phone: node compile.mjs FOLDER. Sources are replaced by what they were compiled to.

import { loadPyodide } from "pyodide";

const [, , folder] = process.argv;
const python = await loadPyodide();
python.FS.mkdirTree("/sources");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/sources");
python.runPython(`
import py_compile
from pathlib import Path

for source in sorted(Path("/sources").rglob("*.py")):
    py_compile.compile(
        str(source),
        cfile=str(source.with_suffix(".pyc")),
        dfile=str(source.relative_to("/sources")),
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    source.unlink()
`);
